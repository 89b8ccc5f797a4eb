package org.slotwarden.portal.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.MethodParameter;
import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Refuses a query with a parameter that the REST interface does not know there: {@code ?stat=failed} would else be
 * answered as if all jobs had been asked for.
 */
@Component
class KnownParameters implements HandlerInterceptor, WebMvcConfigurer {

    /** Another way to say {@code Accept}, for any path. */
    private static final String FORMAT = "format";

    private static final int LONGEST_NAMED = 64;

    private final ParameterNameDiscoverer names = new DefaultParameterNameDiscoverer();
    private final Map<Method, Set<String>> known = new ConcurrentHashMap<>();

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this).addPathPatterns("/api/v1/**");
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (handler instanceof HandlerMethod method && request.getQueryString() != null) {
            Set<String> expected = known.computeIfAbsent(method.getMethod(), ofMethod -> parameters(method));
            for (String given : request.getParameterMap().keySet()) {
                if (!expected.contains(given) && !given.equals(FORMAT)) {
                    throw new BadParameterException(
                            given.substring(0, Math.min(given.length(), LONGEST_NAMED)),
                            expected.isEmpty()
                                    ? "is not known here, nor is any other"
                                    : "is not known here: there are " + String.join(", ", expected));
                }
            }
        }
        return true;
    }

    private Set<String> parameters(HandlerMethod method) {
        Set<String> parameters = new TreeSet<>();
        Arrays.stream(method.getMethodParameters()).forEach(parameter -> {
            String name = name(parameter);
            if (name != null) {
                parameters.add(name);
            }
        });
        return parameters;
    }

    private @Nullable String name(MethodParameter parameter) {
        RequestParam asked = parameter.getParameterAnnotation(RequestParam.class);
        if (asked == null) {
            return null;
        }
        parameter.initParameterNameDiscovery(names);
        return asked.name().isEmpty() ? parameter.getParameterName() : asked.name();
    }
}
