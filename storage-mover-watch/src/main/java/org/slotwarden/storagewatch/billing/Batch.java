package org.slotwarden.storagewatch.billing;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slotwarden.storagewatch.http.PlainText;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.MoverRecord;

/**
 * Records that go to the portal together. What came before with the same session is left out: dCache tells each
 * twice where two of its switches are on.
 */
final class Batch {

    private static final int REMEMBERED = 20_000;

    private final Map<String, Boolean> sessions = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    };
    private final List<MoverRecord> records = new ArrayList<>();
    private int unreadable;
    private String why = "";

    void add(String line) {
        if (line.isBlank()) {
            return;
        }
        try {
            BillingLine.read(line)
                    .filter(record -> sessions.put(record.getSession(), true) == null)
                    .ifPresent(records::add);
        } catch (IOException e) {
            unreadable++;
            why = PlainText.line(String.valueOf(e.getMessage()), 100);
        }
    }

    boolean full() {
        return records.size() >= WireContract.MAX_MOVER_RECORDS;
    }

    List<MoverRecord> records() {
        return records;
    }

    /** The next one begins; what was remembered stays. */
    void clear() {
        records.clear();
        unreadable = 0;
    }

    String complaint() {
        return unreadable == 0
                ? ""
                : unreadable + " lines of billing are no records (" + why + "): is billing.format.json on in dCache?";
    }
}
