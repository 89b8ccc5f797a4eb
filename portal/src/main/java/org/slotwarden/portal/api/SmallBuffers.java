package org.slotwarden.portal.api;

import org.apache.coyote.http11.Http11NioProtocol;
import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/**
 * Each agent leaves a request open, and the web server keeps the buffers of a request for as long as it is open: of its
 * usual sizes 90 KB each. What is longer than a buffer goes through it in pieces.
 */
@Component
class SmallBuffers implements WebServerFactoryCustomizer<TomcatWebServerFactory> {

    /** Bytes. Bodies that agents send are read past it, into the buffer of the request's headers. */
    private static final int READ = 1024;

    /** Bytes. Of a page as much goes to the network at once. */
    private static final int WRITTEN = 4096;

    /** Bytes, and as many characters: of a page as much becomes one chunk. */
    static final int CHUNK = 2048;

    /** Bytes of headers behind a body in chunks, which nobody sends; the web server takes the room before they come. */
    private static final int TRAILERS = 256;

    @Override
    public void customize(TomcatWebServerFactory server) {
        server.setProtocol(Http11.class.getName());
        server.addConnectorCustomizers(connector -> {
            connector.setProperty("socket.appReadBufSize", Integer.toString(READ));
            connector.setProperty("socket.appWriteBufSize", Integer.toString(WRITTEN));
            connector.setProperty("maxTrailerSize", Integer.toString(TRAILERS));
        });
    }

    /** Made by the web server, by its name. */
    public static final class Http11 extends Http11NioProtocol {

        @Override
        public int getDesiredBufferSize() {
            return CHUNK;
        }
    }
}
