package org.slotwarden.portal.notice;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A mail server that answers as a test wants: "451 later" to some command, or nothing at all. */
final class ScriptedSmtp implements AutoCloseable {

    /** Says nothing any more. */
    static final String HANG = "";

    private final ServerSocket listening;
    private final Map<String, String> answers =
            new ConcurrentHashMap<>(Map.of("GREETING", "220 test", "END", "250 OK"));
    private final List<String> mails = new CopyOnWriteArrayList<>();
    private final List<Socket> open = new CopyOnWriteArrayList<>();

    ScriptedSmtp() throws IOException {
        listening = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        Thread.ofVirtual().start(this::accept);
    }

    /** @param to beginning of a command; {@code GREETING}; {@code END} of a mail */
    ScriptedSmtp answering(String to, String answer) {
        answers.put(to, answer);
        return this;
    }

    int port() {
        return listening.getLocalPort();
    }

    List<String> mails() {
        return mails;
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listening.accept();
                open.add(client);
                Thread.ofVirtual().start(() -> serve(client));
            }
        } catch (IOException e) {
            // Closed: the test is over.
        }
    }

    private void serve(Socket client) {
        try (client;
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8))) {
            OutputStream out = client.getOutputStream();
            String answer = answer("GREETING");
            String command;
            while (say(out, answer) && (command = in.readLine()) != null) {
                answer = answer(command);
                if (answer.startsWith("354") && say(out, answer)) {
                    StringBuilder mail = new StringBuilder();
                    for (String line = in.readLine(); line != null && !line.equals("."); line = in.readLine()) {
                        mail.append(line).append("\n");
                    }
                    mails.add(mail.toString());
                    answer = answer("END");
                }
            }
            in.readLine();
        } catch (IOException e) {
            // The client went.
        }
    }

    private static boolean say(OutputStream out, String answer) throws IOException {
        if (answer.equals(HANG)) {
            return false;
        }
        out.write((answer + "\r\n").getBytes(StandardCharsets.UTF_8));
        return true;
    }

    private String answer(String command) {
        return answers.entrySet().stream()
                .filter(one -> command.startsWith(one.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(command.startsWith("DATA") ? "354 go on" : "250 OK");
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket one : open) {
            one.close();
        }
    }
}
