package org.slotwarden.portal.user;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * {@code slotwarden.user.*}.
 *
 * @param initialPasswordFile where the first admin's password is written; absent: {@code initial-admin-password} in
 *     the data directory
 */
@ConfigurationProperties("slotwarden.user")
record UserSettings(@Nullable Path initialPasswordFile) {}
