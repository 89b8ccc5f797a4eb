package org.slotwarden.portal.web;

import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.resource.ResourceUrlEncodingFilter;

/**
 * Links stand in pages as templates say them. Otherwise each link of a page, also one to a job, is looked up among the
 * files in the jar, whether it names one that has a version: that took three quarters of a page's time.
 */
@Configuration(proxyBeanMethods = false)
class LinksAsTheyAre {

    @Bean
    FilterRegistrationBean<ResourceUrlEncodingFilter> noVersionsInLinks() {
        FilterRegistrationBean<ResourceUrlEncodingFilter> registration =
                new FilterRegistrationBean<>(new ResourceUrlEncodingFilter());
        registration.setEnabled(false);
        return registration;
    }
}
