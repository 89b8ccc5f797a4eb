package org.slotwarden.portal.security;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationPredicate;
import jakarta.servlet.http.HttpServletRequest;
import org.slotwarden.portal.node.Complaints;
import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.portal.storage.StorageWatches;
import org.slotwarden.portal.user.ApiTokens;
import org.slotwarden.portal.user.Viewer;
import org.slotwarden.wire.WireContract;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.observation.ServerRequestObservationContext;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.AuthorizeHttpRequestsConfigurer;
import org.springframework.security.config.annotation.web.configurers.HeadersConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.session.SessionRegistry;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.AccessDeniedHandlerImpl;
import org.springframework.security.web.authentication.LoginUrlAuthenticationEntryPoint;
import org.springframework.security.web.authentication.UsernamePasswordAuthenticationFilter;
import org.springframework.security.web.authentication.session.SessionAuthenticationException;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.AndRequestMatcher;
import org.springframework.security.web.util.matcher.AnyRequestMatcher;
import org.springframework.security.web.util.matcher.NegatedRequestMatcher;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * Four ways in, told apart by path and header: storage watches ({@code /ingest/v1/storage}, watch token), agents (all
 * else of {@code /ingest}, node token), programs (a bearer token), browsers (log-in, session, CSRF token). What is not
 * said to be open is closed.
 */
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {

    /** No inline script or style anywhere, and nothing from elsewhere. */
    static final String CONTENT_SECURITY_POLICY = "default-src 'self'; script-src 'self'; style-src 'self'; "
            + "img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

    private static final RequestMatcher PROGRAMS_PATHS = new OrRequestMatcher(
            path("/api/**"), path("/v3/api-docs/**"), path("/v3/api-docs.yaml"), path("/actuator/**"));

    private static final int MOST_SESSIONS = 50;

    /** A token of a watch opens this path and nothing else, and no other token does. */
    @Bean
    @Order(0)
    SecurityFilterChain watches(
            HttpSecurity http, StorageWatches tokens, ProblemAnswers problems, Complaints complaints) {
        AuthenticationEntryPoint unknownWatch = (request, response, why) -> {
            complaints.about(request.getRemoteAddr(), "a request without the valid token of a watch was refused");
            problems.commence(request, response, why);
        };
        return forPrograms(http.securityMatcher(WireContract.STORAGE_PATH), problems)
                .anonymous(AbstractHttpConfigurer::disable)
                .exceptionHandling(exceptions -> exceptions.authenticationEntryPoint(unknownWatch))
                .addFilterBefore(
                        new BearerTokenFilter(token -> tokens.authenticate(token)
                                .map(watch -> UsernamePasswordAuthenticationToken.authenticated(
                                        watch, null, AuthorityUtils.createAuthorityList("ROLE_WATCH")))),
                        UsernamePasswordAuthenticationFilter.class)
                .authorizeHttpRequests(requests -> requests.anyRequest().hasRole("WATCH"))
                .build();
    }

    @Bean
    @Order(1)
    SecurityFilterChain agents(
            HttpSecurity http,
            NodeTokens tokens,
            ProblemAnswers problems,
            Complaints complaints,
            MeterRegistry registry) {
        Counter unknown = Counter.builder("slotwarden.ingest.unknown")
                .description("Requests without the valid token of a node")
                .register(registry);
        // A node whose token was replaced looks silent to everybody: somebody has to say why.
        AuthenticationEntryPoint unknownNode = (request, response, why) -> {
            unknown.increment();
            complaints.about(request.getRemoteAddr(), "a request without the valid token of a node was refused");
            problems.commence(request, response, why);
        };
        return forPrograms(http.securityMatcher("/ingest/**"), problems)
                // Of the portal's time, a batch of some samples is mostly what is done for any request.
                .anonymous(AbstractHttpConfigurer::disable)
                .servletApi(AbstractHttpConfigurer::disable)
                .exceptionHandling(exceptions -> exceptions.authenticationEntryPoint(unknownNode))
                .addFilterBefore(
                        new BearerTokenFilter(token -> tokens.authenticate(token)
                                .map(node -> UsernamePasswordAuthenticationToken.authenticated(
                                        node, null, AuthorityUtils.createAuthorityList("ROLE_NODE")))),
                        UsernamePasswordAuthenticationFilter.class)
                .authorizeHttpRequests(requests -> requests.anyRequest().hasRole("NODE"))
                .build();
    }

    @Bean
    @Order(2)
    SecurityFilterChain programs(HttpSecurity http, ApiTokens tokens, ProblemAnswers problems) {
        return forPrograms(
                        http.securityMatcher(new AndRequestMatcher(PROGRAMS_PATHS, BearerTokenFilter::isIn)), problems)
                .addFilterBefore(
                        new BearerTokenFilter(
                                token -> tokens.authenticate(token).map(SecurityConfiguration::authentication)),
                        UsernamePasswordAuthenticationFilter.class)
                .authorizeHttpRequests(requests -> {
                    // Whoever scrapes needs no admin's token for it.
                    requests.requestMatchers("/actuator/prometheus").authenticated();
                    rules(requests);
                })
                .build();
    }

    @Bean
    @Order(3)
    SecurityFilterChain browsers(HttpSecurity http, SessionRegistry sessions, ProblemAnswers problems) {
        headers(http);
        AuthenticationEntryPoint loginPage = new LoginUrlAuthenticationEntryPoint("/login");
        AuthenticationEntryPoint logInFirst = (request, response, why) ->
                (PROGRAMS_PATHS.matches(request) ? problems : loginPage).commence(request, response, why);
        return http.authorizeHttpRequests(requests -> {
                    requests.requestMatchers("/actuator/prometheus").hasRole("ADMIN");
                    rules(requests);
                })
                .formLogin(form -> form.loginPage("/login"))
                .logout(logout -> logout.logoutSuccessUrl("/login?logout"))
                .sessionManagement(session -> session.sessionConcurrency(concurrency -> concurrency
                        .maximumSessions(MOST_SESSIONS)
                        .sessionRegistry(sessions)
                        .expiredSessionStrategy(expired -> logInFirst.commence(
                                expired.getRequest(),
                                expired.getResponse(),
                                new SessionAuthenticationException("Logged out by the portal")))))
                .requestCache(cache -> cache.requestCache(pagesOnly()))
                .exceptionHandling(exceptions -> exceptions
                        .authenticationEntryPoint(logInFirst)
                        .defaultAccessDeniedHandlerFor(problems, PROGRAMS_PATHS)
                        // Its session has ended while the page was open.
                        .defaultAccessDeniedHandlerFor(
                                (request, response, why) ->
                                        response.sendRedirect(request.getContextPath() + "/login?again"),
                                PathPatternRequestMatcher.withDefaults().matcher(HttpMethod.POST, "/login"))
                        .defaultAccessDeniedHandlerFor(new AccessDeniedHandlerImpl(), AnyRequestMatcher.INSTANCE))
                .build();
    }

    /** Who may what, for programs and browsers alike. Which jobs a user sees is decided by the jobs themselves. */
    private static void rules(
            AuthorizeHttpRequestsConfigurer<HttpSecurity>.AuthorizationManagerRequestMatcherRegistry requests) {
        requests.requestMatchers(
                        "/actuator/health/**", "/login", "/css/**", "/js/**", "/webjars/**", "/favicon.*", "/error")
                .permitAll()
                .requestMatchers("/actuator/**")
                .denyAll()
                .requestMatchers(
                        "/api/v1/accounts/**",
                        "/api/v1/portal/**",
                        "/portal/**",
                        "/api/v1/rules/**",
                        "/rules/**",
                        "/api/v1/policies/**",
                        "/policies/**",
                        "/api/v1/channels/**",
                        "/channels/**",
                        "/api/v1/silences/**",
                        "/silences/**",
                        "/api/v1/audit/**",
                        "/audit/**",
                        "/api/v1/storage/alarms",
                        "/api/v1/storage/watches/**",
                        "/api/v1/storage/movers/*/release")
                .hasRole("ADMIN")
                .requestMatchers(HttpMethod.POST, "/api/v1/nodes/*/token")
                .hasRole("ADMIN")
                .requestMatchers(HttpMethod.DELETE, "/api/v1/jobs/*")
                .hasRole("ADMIN")
                .requestMatchers("/account/accounts/**", "/account/node-tokens/**")
                .hasRole("ADMIN")
                .requestMatchers("/storage/token/**", "/storage/movers/*/release")
                .hasRole("ADMIN")
                .anyRequest()
                .authenticated();
    }

    /** No session is made for a program that was sent away. */
    private static WantedPage pagesOnly() {
        return new WantedPage(new AndRequestMatcher(
                new NegatedRequestMatcher(PROGRAMS_PATHS),
                PathPatternRequestMatcher.withDefaults().matcher(HttpMethod.GET, "/**")));
    }

    private static HttpSecurity forPrograms(HttpSecurity http, ProblemAnswers problems) {
        headers(http);
        return http.csrf(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .exceptionHandling(exceptions ->
                        exceptions.authenticationEntryPoint(problems).accessDeniedHandler(problems));
    }

    private static void headers(HttpSecurity http) {
        http.headers(
                headers -> headers.contentSecurityPolicy(policy -> policy.policyDirectives(CONTENT_SECURITY_POLICY))
                        .referrerPolicy(policy -> policy.policy(ReferrerPolicy.SAME_ORIGIN))
                        .frameOptions(HeadersConfigurer.FrameOptionsConfig::deny));
    }

    private static Authentication authentication(Viewer viewer) {
        return UsernamePasswordAuthenticationToken.authenticated(
                viewer.name(),
                null,
                viewer.admin()
                        ? AuthorityUtils.createAuthorityList("ROLE_ADMIN")
                        : AuthorityUtils.createAuthorityList("ROLE_USER"));
    }

    private static RequestMatcher path(String pattern) {
        return PathPatternRequestMatcher.withDefaults().matcher(pattern);
    }

    /** A span for each filter of each request would cost more than the filters do; nobody looks at them. */
    @Bean
    SecurityObservationSettings noObservations() {
        return SecurityObservationSettings.noObservations();
    }

    /** Reports have meters of their own ({@code slotwarden_ingest_*}). */
    @Bean
    ObservationPredicate notOfReports() {
        return (name, context) -> !(context instanceof ServerRequestObservationContext of
                && of.getCarrier() instanceof HttpServletRequest request
                && request.getServletPath().startsWith("/ingest/"));
    }

    @Bean
    PasswordEncoder passwordEncoder() {
        return PasswordEncoderFactories.createDelegatingPasswordEncoder();
    }
}
