package org.slotwarden.portal.notice;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.audit.Actor;
import org.slotwarden.portal.audit.Audit;
import org.slotwarden.portal.user.AccountMail;
import org.slotwarden.portal.user.Viewer;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Mail addresses of the owners of jobs: what stands at their account, else as the site says. */
@Service
public class OwnerAddresses {

    /** Names of batch users come from nodes; one that could be more than the local part of an address gets none. */
    private static final Pattern USER = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,63}");

    private final AccountMail accounts;
    private final NoticeSettings settings;
    private final Audit audit;

    OwnerAddresses(AccountMail accounts, NoticeSettings settings, Audit audit) {
        this.accounts = accounts;
        this.settings = settings;
        this.audit = audit;
    }

    /** Where a batch user is told. */
    public Optional<String> of(String user) {
        return accounts.of(user)
                .or(() -> Optional.ofNullable(settings.ownerMail())
                        .filter(template -> USER.matcher(user).matches())
                        .map(template -> template.replace("{user}", user))
                        .filter(MailTerms::address));
    }

    /**
     * Somebody says where they want to be told.
     *
     * @param address empty: as the site says
     * @throws ChannelRefused when it is no address
     */
    @Transactional
    public void choose(@Nullable String address, Viewer viewer) {
        String wanted = address == null ? "" : address.strip();
        if (!wanted.isEmpty() && !MailTerms.address(wanted)) {
            throw new ChannelRefused("mail", "must be a mail address");
        }
        accounts.set(viewer.name(), wanted.isEmpty() ? null : wanted);
        audit.add(
                Actor.of(viewer),
                "mail-changed",
                "account " + viewer.name(),
                null,
                wanted.isEmpty() ? "as the site says" : wanted);
    }
}
