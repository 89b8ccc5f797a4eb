package org.slotwarden.load;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a portal, HTTP/1.1 without TLS, kept alive. By hand: the generator shares the cores with the portal
 * that it measures, and java.net.http does more for a request than is needed here.
 */
final class PortalConnection implements AutoCloseable {

    private static final int CONNECT_MS = 5_000;
    private static final int READ_MS = 60_000;
    private static final int LARGEST_ANSWER = 64 << 20;

    /** @param retryAfterSeconds 0: not said */
    record Answer(int status, byte[] body, int retryAfterSeconds) {}

    private final InetSocketAddress address;
    private @Nullable Socket socket;
    private byte[] request = new byte[16 << 10];
    private final byte[] received = new byte[32 << 10];
    private int read;
    private int filled;

    PortalConnection(URI portal) {
        if (!"http".equals(portal.getScheme()) || portal.getPort() < 1) {
            throw new IllegalArgumentException("the portal's address must be http://HOST:PORT");
        }
        this.address = new InetSocketAddress(portal.getHost(), portal.getPort());
    }

    /**
     * @param head request line and headers, without the length of the body and the empty line
     * @throws IOException when there is no answer: it is not known whether the request was carried out
     */
    Answer post(byte[] head, byte[] body, int length) throws IOException {
        int size = put(head, body, length);
        boolean fresh = socket == null;
        try {
            return exchange(size);
        } catch (IOException e) {
            close();
            if (fresh) {
                throw e;
            }
        }
        // A connection that was kept may have been closed by the portal meanwhile, as any client must expect.
        try {
            return exchange(size);
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private int put(byte[] head, byte[] body, int length) {
        byte[] rest = ("Content-Length: " + length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        int size = head.length + rest.length + length;
        if (request.length < size) {
            request = new byte[size + size / 4];
        }
        System.arraycopy(head, 0, request, 0, head.length);
        System.arraycopy(rest, 0, request, head.length, rest.length);
        System.arraycopy(body, 0, request, head.length + rest.length, length);
        return size;
    }

    private Answer exchange(int size) throws IOException {
        Socket open = socket;
        if (open == null) {
            open = new Socket();
            socket = open;
            open.setTcpNoDelay(true);
            open.setSoTimeout(READ_MS);
            open.connect(address, CONNECT_MS);
            read = 0;
            filled = 0;
        }
        open.getOutputStream().write(request, 0, size);
        return answer(open.getInputStream());
    }

    private Answer answer(InputStream in) throws IOException {
        String[] statusLine = line(in).split(" ", 3);
        if (statusLine.length < 2 || !statusLine[0].startsWith("HTTP/1.")) {
            throw new IOException("this is no answer of HTTP: " + statusLine[0]);
        }
        int status = Integer.parseInt(statusLine[1]);
        int length = status == 204 ? 0 : -1;
        int retryAfter = 0;
        boolean chunked = false;
        boolean last = false;
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            String value = line.substring(colon + 1).strip();
            switch (line.substring(0, Math.max(0, colon)).toLowerCase(Locale.ROOT)) {
                case "content-length" -> length = Integer.parseInt(value);
                case "transfer-encoding" ->
                    chunked = value.toLowerCase(Locale.ROOT).contains("chunked");
                case "connection" -> last = value.equalsIgnoreCase("close");
                case "retry-after" -> retryAfter = value.matches("[0-9]{1,6}") ? Integer.parseInt(value) : 0;
                default -> {}
            }
        }
        byte[] body;
        if (chunked) {
            body = chunks(in);
        } else if (length >= 0) {
            body = bytes(in, length);
        } else {
            throw new IOException("an answer without its length");
        }
        if (last) {
            close();
        }
        return new Answer(status, body, retryAfter);
    }

    private byte[] chunks(InputStream in) throws IOException {
        byte[] body = {};
        while (true) {
            int length = Integer.parseInt(line(in).strip(), 16);
            if (length == 0) {
                line(in);
                return body;
            }
            byte[] chunk = bytes(in, length);
            line(in);
            int before = body.length;
            body = Arrays.copyOf(body, before + length);
            System.arraycopy(chunk, 0, body, before, length);
        }
    }

    private byte[] bytes(InputStream in, int length) throws IOException {
        if (length > LARGEST_ANSWER) {
            throw new IOException("an answer of " + length + " bytes");
        }
        byte[] bytes = new byte[length];
        int there = Math.min(length, filled - read);
        System.arraycopy(received, read, bytes, 0, there);
        read += there;
        if (in.readNBytes(bytes, there, length - there) < length - there) {
            throw new EOFException("the answer was cut off");
        }
        return bytes;
    }

    private String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder(64);
        while (true) {
            if (read == filled) {
                read = 0;
                filled = Math.max(0, in.read(received));
                if (filled == 0) {
                    throw new EOFException("the connection was closed");
                }
            }
            char character = (char) (received[read++] & 0xFF);
            if (character == '\n') {
                return line.toString();
            }
            if (character != '\r') {
                line.append(character);
            }
        }
    }

    @Override
    public void close() {
        Socket open = socket;
        socket = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                // Nothing more is wanted from it.
            }
        }
    }
}
