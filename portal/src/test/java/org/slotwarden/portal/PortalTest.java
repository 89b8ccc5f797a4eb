package org.slotwarden.portal;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.TestExecutionListeners;
import org.springframework.test.context.TestExecutionListeners.MergeMode;

/**
 * A test of the whole portal: real MariaDB, real HTTP on a free port (inject it with {@code
 * @LocalServerPort}), all beans there for {@code @Autowired}.
 *
 * <p>The first such test of a run starts the database and the portal, in some seconds; the others
 * take both as they are, as long as they do not change the configuration (no {@code properties}, no
 * {@code @MockitoBean}: each other configuration is another portal). Before each test method all
 * tables are empty, so that also accounts and tokens are for the test to make. There is no rollback:
 * what is committed is seen by every thread, as in production.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@ContextConfiguration(initializers = TestDatabase.class)
@TestExecutionListeners(listeners = TestDatabase.class, mergeMode = MergeMode.MERGE_WITH_DEFAULTS)
public @interface PortalTest {}
