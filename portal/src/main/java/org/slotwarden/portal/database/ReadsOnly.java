package org.slotwarden.portal.database;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Reads with one connection, in the caller's transaction if there is one, else in none: at the isolation that is set
 * (READ COMMITTED) statements of one transaction see no more of one moment than statements of none, and its begin and
 * end are three more questions to the server.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Transactional(propagation = Propagation.SUPPORTS, readOnly = true)
public @interface ReadsOnly {}
