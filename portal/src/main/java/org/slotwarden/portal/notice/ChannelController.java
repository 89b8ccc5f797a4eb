package org.slotwarden.portal.notice;

import java.util.List;
import java.util.Optional;
import org.slotwarden.portal.api.NotFoundException;
import org.slotwarden.portal.user.Viewer;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Channels and silences, for admins. */
@RestController
@RequestMapping("/api/v1")
class ChannelController {

    private static final int MOST_MESSAGES = 100;

    private final Channels channels;
    private final Silences silences;

    ChannelController(Channels channels, Silences silences) {
        this.channels = channels;
        this.silences = silences;
    }

    @GetMapping("/channels")
    List<Channel> all(Viewer viewer) {
        return channels.all(viewer);
    }

    @PostMapping("/channels")
    @ResponseStatus(HttpStatus.CREATED)
    Channel create(@RequestBody Channels.Wish wish, Viewer viewer) {
        return channels.create(wish, viewer);
    }

    @GetMapping("/channels/{id}")
    Channel one(@PathVariable long id, Viewer viewer) {
        return found(channels.find(id, viewer));
    }

    @PutMapping("/channels/{id}")
    Channel change(@PathVariable long id, @RequestBody Channels.Wish wish, Viewer viewer) {
        return found(channels.change(id, wish, viewer));
    }

    @DeleteMapping("/channels/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void delete(@PathVariable long id, Viewer viewer) {
        if (!channels.delete(id, viewer)) {
            throw none();
        }
    }

    /** Sends a message now and tells what the other side said. */
    @PostMapping("/channels/{id}/test")
    Channels.Tested test(@PathVariable long id, Viewer viewer) {
        return found(channels.test(id, viewer));
    }

    /** The newest first, 100 at most. */
    @GetMapping("/channels/{id}/messages")
    List<SentMessage> messages(@PathVariable long id, Viewer viewer) {
        return found(channels.messages(id, MOST_MESSAGES, viewer));
    }

    /** Those that are not over. */
    @GetMapping("/silences")
    List<Silence> silences(Viewer viewer) {
        return silences.open(viewer);
    }

    @PostMapping("/silences")
    @ResponseStatus(HttpStatus.CREATED)
    Silence silence(@RequestBody Silences.Wish wish, Viewer viewer) {
        return silences.make(wish, viewer);
    }

    @DeleteMapping("/silences/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void endSilence(@PathVariable long id, Viewer viewer) {
        if (!silences.end(id, viewer)) {
            throw new NotFoundException("There is no such silence, or it is over");
        }
    }

    private static <T> T found(Optional<T> one) {
        return one.orElseThrow(ChannelController::none);
    }

    private static NotFoundException none() {
        return new NotFoundException("There is no such channel");
    }
}
