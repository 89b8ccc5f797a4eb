package org.slotwarden.portal.security;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.user.Viewer;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.MethodParameter;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Gives controllers the {@link Viewer} that they take as a parameter. */
@Configuration(proxyBeanMethods = false)
class ViewerParameters implements WebMvcConfigurer, HandlerMethodArgumentResolver {

    static {
        // It comes from the log-in, not from the request: the interface's description leaves it out.
        SpringDocUtils.getConfig().addRequestWrapperToIgnore(Viewer.class);
    }

    @Override
    public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
        resolvers.add(this);
    }

    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        return parameter.getParameterType() == Viewer.class;
    }

    @Override
    public Viewer resolveArgument(
            MethodParameter parameter,
            @Nullable ModelAndViewContainer container,
            NativeWebRequest request,
            @Nullable WebDataBinderFactory binders) {
        return Viewer.of(Objects.requireNonNull(
                SecurityContextHolder.getContext().getAuthentication(), "Only authenticated requests come here"));
    }
}
