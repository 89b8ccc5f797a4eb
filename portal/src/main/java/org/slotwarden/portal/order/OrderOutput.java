package org.slotwarden.portal.order;

import java.util.List;
import java.util.regex.Pattern;
import org.slotwarden.portal.database.ReadsOnly;
import org.springframework.stereotype.Service;

/** What jobs wrote while somebody looked on. */
@Service
@ReadsOnly
public class OrderOutput {

    /** What programs write to colour their output (ECMA-48), and what else is no text. */
    private static final Pattern STEERING = Pattern.compile(
            "\\x1B\\[[0-?]{0,64}[ -/]{0,16}[@-~]|\\x1B\\][^\\x07\\x1B\\n]{0,512}(?:\\x07|\\x1B\\\\)|\\x1B[@-_]"
                    + "|[\\p{Cc}\\p{Cf}&&[^\\n\\t]]");

    private final OutputStore store;

    OrderOutput(OutputStore store) {
        this.store = store;
    }

    /** Parts in the order in which they came, after the one that is known. */
    List<OutputStore.Part> of(long orderId, long after, int most) {
        return store.of(orderId, after, most);
    }

    /** Text that steers no terminal and turns nothing round. */
    static String plain(String text) {
        return STEERING.matcher(text.replace("\r\n", "\n")).replaceAll("");
    }
}
