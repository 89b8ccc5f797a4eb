package org.slotwarden.portal.notice;

import jakarta.mail.Address;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocketFactory;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPSenderFailedException;
import org.eclipse.angus.mail.smtp.SMTPTransport;
import org.slotwarden.portal.secret.Seal;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/** Sends mail: plain text, by SMTP (RFC 5321). What a 5xx of the server is about is not sent again. */
@Component
class MailSender {

    private static final String CONNECT_MILLIS = "10000";
    private static final String READ_MILLIS = "30000";

    private final ChannelStore channels;
    private final OwnerAddresses addresses;
    private final MessageText text;
    private final SSLSocketFactory tls;

    @Autowired
    MailSender(ChannelStore channels, OwnerAddresses addresses, MessageText text) {
        this(channels, addresses, text, (SSLSocketFactory) SSLSocketFactory.getDefault());
    }

    /** @param tls knows whom to trust */
    MailSender(ChannelStore channels, OwnerAddresses addresses, MessageText text, SSLSocketFactory tls) {
        this.channels = channels;
        this.addresses = addresses;
        this.text = text;
        this.tls = tls;
    }

    Attempt send(Message message) throws Seal.Broken {
        MailTerms terms = Objects.requireNonNull(message.channel().terms().mail());
        String password =
                channels.secret(message.channel(), ChannelSecret.PASSWORD).orElse(null);
        List<String> to = recipients(message, terms);
        if (to.isEmpty()) {
            return Attempt.refused("no mail address is known");
        }
        Session session = Session.getInstance(properties(terms));
        try (SMTPTransport transport = (SMTPTransport) session.getTransport("smtp")) {
            MimeMessage mail = mail(session, message, terms, to);
            transport.connect(terms.host(), terms.port(), terms.user().isEmpty() ? null : terms.user(), password);
            transport.sendMessage(mail, mail.getAllRecipients());
            return Attempt.accepted(transport.getLastServerResponse());
        } catch (SendFailedException e) {
            return failed(e);
        } catch (AuthenticationFailedException e) {
            return Attempt.later("the log-in was refused: " + words(e));
        } catch (MessagingException e) {
            return Attempt.later(words(e));
        }
    }

    private List<String> recipients(Message message, MailTerms terms) {
        if (!message.recipient().isEmpty()) {
            return addresses.of(message.recipient()).stream().toList();
        }
        // A channel for owners alone has nobody else to try it on.
        return terms.to().isEmpty() ? List.of(terms.from()) : terms.to();
    }

    private Properties properties(MailTerms terms) {
        Properties properties = new Properties();
        properties.put("mail.smtp.connectiontimeout", CONNECT_MILLIS);
        properties.put("mail.smtp.timeout", READ_MILLIS);
        properties.put("mail.smtp.writetimeout", READ_MILLIS);
        properties.put("mail.smtp.auth", String.valueOf(!terms.user().isEmpty()));
        properties.put("mail.smtp.ssl.enable", String.valueOf(terms.security().equals("tls")));
        properties.put(
                "mail.smtp.starttls.enable", String.valueOf(terms.security().equals("starttls")));
        properties.put(
                "mail.smtp.starttls.required", String.valueOf(terms.security().equals("starttls")));
        properties.put("mail.smtp.ssl.checkserveridentity", "true");
        properties.put("mail.smtp.ssl.socketFactory", tls);
        properties.put("mail.smtp.ssl.protocols", "TLSv1.3 TLSv1.2");
        // Who can be reached is told, though another cannot.
        properties.put("mail.smtp.sendpartial", "true");
        return properties;
    }

    private MimeMessage mail(Session session, Message message, MailTerms terms, List<String> to)
            throws MessagingException {
        String domain = terms.from().substring(terms.from().indexOf('@') + 1);
        MimeMessage mail = new MimeMessage(session) {
            @Override
            protected void updateMessageID() throws MessagingException {
                setHeader("Message-ID", "<" + message.id() + "@" + domain + ">");
            }
        };
        mail.setFrom(new InternetAddress(terms.from(), true));
        for (String one : to) {
            mail.addRecipient(RecipientType.TO, new InternetAddress(one, true));
        }
        mail.setSubject("[Slotwarden] " + text.subject(message), StandardCharsets.UTF_8.name());
        mail.setSentDate(Date.from(message.madeAt()));
        // Nobody's holiday notice answers it (RFC 3834).
        mail.setHeader("Auto-Submitted", "auto-generated");
        mail.setText(text.body(message), StandardCharsets.UTF_8.name());
        mail.saveChanges();
        return mail;
    }

    private static Attempt failed(SendFailedException e) {
        Address[] reached = e.getValidSentAddresses();
        if (reached != null && reached.length > 0) {
            return Attempt.accepted("not by all: " + words(e));
        }
        List<Integer> codes =
                chain(e).map(MailSender::code).flatMap(Optional::stream).toList();
        return !codes.isEmpty() && codes.stream().allMatch(code -> code >= 500)
                ? Attempt.refused(words(e))
                : Attempt.later(words(e));
    }

    /** With 250, an exception tells of an address that was accepted. */
    private static Optional<Integer> code(Exception e) {
        int code = switch (e) {
            case SMTPSendFailedException failed -> failed.getReturnCode();
            case SMTPAddressFailedException failed -> failed.getReturnCode();
            case SMTPSenderFailedException failed -> failed.getReturnCode();
            default -> -1;
        };
        return code < 400 ? Optional.empty() : Optional.of(code);
    }

    private static Stream<Exception> chain(MessagingException first) {
        List<Exception> chain = new ArrayList<>();
        Exception next = first;
        while (next != null && chain.size() < 2 * MailTerms.MOST_ADDRESSES) {
            chain.add(next);
            next = next instanceof MessagingException more ? more.getNextException() : null;
        }
        return chain.stream();
    }

    private static String words(MessagingException e) {
        return chain(e).map(MailSender::message)
                .filter(words -> !words.isBlank())
                .distinct()
                .collect(Collectors.joining("; "));
    }

    private static String message(Exception e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message.strip();
    }
}
