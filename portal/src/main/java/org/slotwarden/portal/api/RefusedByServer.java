package org.slotwarden.portal.api;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;

/**
 * What the web server refuses before anything of the portal sees it ({@code %00} in a path, a header that is none) is a
 * problem (RFC 9457), too, and not a page of the server's own.
 */
@Component
class RefusedByServer implements WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory>, Ordered {

    @Override
    public void customize(ConfigurableTomcatWebServerFactory server) {
        server.addContextCustomizers(
                context -> context.getParent().getPipeline().addValve(new Problems()));
    }

    /** After the customizer that adds a valve of this kind for all: who is added last answers first. */
    @Override
    public int getOrder() {
        return LOWEST_PRECEDENCE;
    }

    private static final class Problems extends ErrorReportValve {

        @Override
        protected void report(Request request, Response response, @Nullable Throwable why) {
            HttpStatus status = HttpStatus.resolve(response.getStatus());
            if (status == null
                    || !status.isError()
                    || response.getContentWritten() > 0
                    || !response.setErrorReported()) {
                return;
            }
            try {
                response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
                response.getOutputStream()
                        .write("{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%d}"
                                .formatted(status.getReasonPhrase(), status.value())
                                .getBytes(StandardCharsets.UTF_8));
                response.finishResponse();
            } catch (IOException | IllegalStateException e) {
                // Whoever asked is gone.
            }
        }
    }
}
