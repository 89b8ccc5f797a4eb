package org.slotwarden.portal.web;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.notice.Channel;
import org.slotwarden.portal.notice.ChannelConflict;
import org.slotwarden.portal.notice.ChannelRefused;
import org.slotwarden.portal.notice.Channels;
import org.slotwarden.portal.notice.SentMessage;
import org.slotwarden.portal.notice.Silences;
import org.slotwarden.portal.user.Viewer;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** {@code /channels}: how people are told, for admins. */
@Controller
class ChannelPages {

    private static final int MESSAGES = 30;

    private final Channels channels;
    private final Silences silences;

    ChannelPages(Channels channels, Silences silences) {
        this.channels = channels;
        this.silences = silences;
    }

    @GetMapping("/channels")
    String list(Viewer viewer, Model model) {
        return list(ChannelForm.empty(true), ChannelForm.empty(false), null, viewer, model);
    }

    private String list(ChannelForm mail, ChannelForm webhook, @Nullable String wrong, Viewer viewer, Model model) {
        List<Channel> all = channels.all(viewer);
        Map<Long, String> names = new TreeMap<>();
        Map<Long, SentMessage> last = new TreeMap<>();
        for (Channel channel : all) {
            names.put(channel.id(), channel.name());
            channels.messages(channel.id(), 1, viewer).orElse(List.of()).stream()
                    .findFirst()
                    .ifPresent(message -> last.put(channel.id(), message));
        }
        model.addAttribute("channels", all);
        model.addAttribute("names", names);
        model.addAttribute("last", last);
        model.addAttribute("silences", silences.open(viewer));
        model.addAttribute("newMail", mail);
        model.addAttribute("newWebhook", webhook);
        model.addAttribute("wrong", wrong);
        model.addAttribute("secrets", List.of());
        return "channels";
    }

    @PostMapping("/channels")
    String create(
            @RequestParam MultiValueMap<String, String> typed, Viewer viewer, Model model, RedirectAttributes to) {
        ChannelForm form = new ChannelForm(typed);
        try {
            Channel made = channels.create(form.wish(), viewer);
            to.addFlashAttribute("done", "Saved. Send a test to see whether it works.");
            return "redirect:/channels/" + made.id();
        } catch (ChannelRefused e) {
            return wrong(form, e.field() + " " + e.why(), viewer, model);
        } catch (ChannelConflict e) {
            return wrong(form, e.why(), viewer, model);
        }
    }

    private String wrong(ChannelForm form, String why, Viewer viewer, Model model) {
        model.addAttribute("wrongKind", form.mail() ? "mail" : "webhook");
        return form.mail()
                ? list(form, ChannelForm.empty(false), why, viewer, model)
                : list(ChannelForm.empty(true), form, why, viewer, model);
    }

    @GetMapping("/channels/{id}")
    String show(@PathVariable long id, Viewer viewer, Model model) {
        return show(id, null, null, viewer, model);
    }

    private String show(long id, @Nullable ChannelForm form, @Nullable String wrong, Viewer viewer, Model model) {
        Channel channel = channels.find(id, viewer).orElseThrow(ChannelPages::none);
        model.addAttribute("channel", channel);
        model.addAttribute("messages", channels.messages(id, MESSAGES, viewer).orElseThrow(ChannelPages::none));
        model.addAttribute("form", form == null ? ChannelForm.of(channel) : form);
        model.addAttribute("wrong", wrong);
        model.addAttribute(
                "secrets",
                channel.secrets().stream().map(secret -> secret.secretName()).toList());
        return "channel";
    }

    @PostMapping("/channels/{id}")
    String change(
            @PathVariable long id,
            @RequestParam MultiValueMap<String, String> typed,
            Viewer viewer,
            Model model,
            RedirectAttributes to) {
        ChannelForm form = new ChannelForm(typed);
        try {
            if (channels.change(id, form.wish(), viewer).isEmpty()) {
                throw none();
            }
            to.addFlashAttribute("done", "Saved.");
            return "redirect:/channels/" + id;
        } catch (ChannelRefused e) {
            return show(id, form, e.field() + " " + e.why(), viewer, model);
        } catch (ChannelConflict e) {
            return show(id, form, e.why(), viewer, model);
        }
    }

    @PostMapping("/channels/{id}/test")
    String test(@PathVariable long id, Viewer viewer, RedirectAttributes to) {
        Channels.Tested tested = channels.test(id, viewer).orElseThrow(ChannelPages::none);
        to.addFlashAttribute(
                tested.accepted() ? "done" : "refused",
                tested.accepted()
                        ? "The test was accepted. The other side said: " + tested.said()
                        : "The test failed: " + tested.said());
        return "redirect:/channels/" + id;
    }

    @PostMapping("/channels/{id}/delete")
    String delete(@PathVariable long id, Viewer viewer, RedirectAttributes to) {
        if (!channels.delete(id, viewer)) {
            throw none();
        }
        to.addFlashAttribute("done", "The channel is deleted.");
        return "redirect:/channels";
    }

    @PostMapping("/silences")
    String silence(
            @RequestParam(defaultValue = "") String channel,
            @RequestParam(defaultValue = "") String what,
            @RequestParam(defaultValue = "") String name,
            @RequestParam(defaultValue = "") String from,
            @RequestParam(defaultValue = "") String until,
            @RequestParam(defaultValue = "") String why,
            Viewer viewer,
            RedirectAttributes to) {
        try {
            silences.make(
                    new Silences.Wish(
                            channel.isBlank() ? null : (Long) Long.parseLong(channel),
                            what,
                            name,
                            moment(from),
                            moment(until),
                            why),
                    viewer);
            to.addFlashAttribute("done", "Silenced.");
        } catch (ChannelRefused e) {
            to.addFlashAttribute("refused", "Not silenced: " + e.field() + " " + e.why() + ".");
        } catch (ChannelConflict e) {
            to.addFlashAttribute("refused", e.why() + ".");
        } catch (NumberFormatException | DateTimeException e) {
            to.addFlashAttribute("refused", "Not silenced: a time is written as 2026-11-22T14:00.");
        }
        return "redirect:/channels";
    }

    /** In UTC, as all times of the pages. */
    private static @Nullable Instant moment(String typed) {
        return typed.isBlank() ? null : LocalDateTime.parse(typed.strip()).toInstant(ZoneOffset.UTC);
    }

    @PostMapping("/silences/{id}/end")
    String endSilence(@PathVariable long id, Viewer viewer, RedirectAttributes to) {
        boolean ended = silences.end(id, viewer);
        to.addFlashAttribute(ended ? "done" : "refused", ended ? "The silence is over." : "It is over already.");
        return "redirect:/channels";
    }

    private static ResponseStatusException none() {
        return new ResponseStatusException(HttpStatus.NOT_FOUND);
    }
}
