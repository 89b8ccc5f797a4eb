package org.slotwarden.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Asks the database, and the portal for what is in blocks, whether every acknowledged sample is stored once with the figures that were told, and nothing that
 * was never sent. Of every slot the number of its samples and a checksum over all their figures are compared; row by
 * row are compared the slots in which these differ, those of which it is not known what the portal got, and a share of
 * all others.
 */
final class Audit {

    private static final int MOST_SENTENCES = 40;

    private final Told told;
    private final Site site;
    private final Expected expected;
    private final Store stored;
    private final double compared;
    private final List<String> sentences = new ArrayList<>();
    private long samples;
    private long slots;
    private long rowByRow;
    private long lost;
    private long surplus;
    private long changed;
    private long other;

    /** @param compared share of the slots that is compared row by row, however their checksums are */
    Audit(Told told, Course course, Store stored, double compared) {
        this.told = told;
        this.site = told.site();
        this.expected = new Expected(told, course);
        this.stored = stored;
        this.compared = compared;
    }

    static boolean run(Told told, Options options) throws IOException {
        Properties logIn = new Properties();
        logIn.setProperty("user", options.get("jdbc-user", "slotwarden"));
        if (options.has("jdbc-password-file")) {
            logIn.setProperty(
                    "password",
                    Files.readString(Path.of(options.need("jdbc-password-file")))
                            .strip());
        }
        Course course = Courses.of(told.site());
        try (Connection database = DriverManager.getConnection(options.need("jdbc"), logIn);
                Export export = export(options)) {
            Store stored = new StoredSamples(new StoredRows(database), export, new Expected(told, course));
            Audit audit = new Audit(told, course, stored, options.real("compared", 0.01));
            boolean clean = audit.clean();
            audit.print();
            return clean;
        } catch (SQLException e) {
            throw new IOException("The database cannot be audited: " + e.getMessage(), e);
        } catch (UncheckedIOException e) {
            throw new IOException("The portal cannot be audited: " + e.getMessage(), e);
        }
    }

    private static @Nullable Export export(Options options) throws IOException {
        return options.has("portal")
                ? new Export(
                        URI.create(options.need("portal")),
                        Files.readString(Path.of(options.need("api-token-file")))
                                .strip())
                : null;
    }

    /** @return whether nothing is wrong */
    boolean clean() throws SQLException {
        long jobs = 0;
        for (int node = 0; node < site.nodes(); node++) {
            jobs += node(node);
        }
        long storedJobs = stored.jobs(site.name());
        // Of what was sent and not acknowledged nothing is known.
        if (told.complete() && storedJobs != jobs) {
            other++;
            say(jobs + " jobs were told, " + storedJobs + " are stored");
        }
        return lost + surplus + changed + other == 0;
    }

    /** What is wrong, one sentence each, not too many of them. */
    List<String> sentences() {
        return sentences;
    }

    long lost() {
        return lost;
    }

    long surplus() {
        return surplus;
    }

    long changed() {
        return changed;
    }

    private void print() {
        sentences.forEach(sentence -> System.out.println("WRONG " + sentence));
        System.out.printf(
                "audit: %d acknowledged samples in %d slots, figures of %d slots compared one by one: "
                        + "%d lost, %d double or never sent, %d changed, %d other faults%n",
                samples, slots, rowByRow, lost, surplus, changed, other);
    }

    private long node(int node) throws SQLException {
        Map<String, Store.Slot> there = new HashMap<>();
        stored.slotsOf(site.node(node)).forEach(slot -> there.put(slot.slotId(), slot));
        Map<String, Expected.Slot> awaited = expected.slotsOf(node);
        for (Expected.Slot slot : awaited.values()) {
            Store.Slot row = there.remove(slot.slotId());
            samples += slot.samples();
            slots++;
            if (row == null) {
                lost += slot.samples();
                if (slot.known()) {
                    other++;
                    say("slot " + slot.slotId() + " is not stored, nor are its " + slot.samples() + " samples");
                }
                continue;
            }
            life(slot, row);
            boolean alike = row.samples() == slot.samples() && row.checksum() == slot.checksum();
            if (!alike || slot.uncertain() || Hash.happens(slot.occupant().key(), compared)) {
                oneByOne(node, slot, row);
            }
        }
        for (Store.Slot slot : there.values()) {
            surplus += slot.samples();
            other++;
            say("slot " + slot.slotId() + " with " + slot.samples() + " samples is stored, and was never told");
        }
        nodeSamples(node);
        return awaited.size();
    }

    private void life(Expected.Slot slot, Store.Slot row) {
        if (slot.ended() && (!row.ended() || row.exitCode() != slot.occupant().exitCode())) {
            other++;
            say("slot " + slot.slotId() + " ended with " + slot.occupant().exitCode() + ", and is stored as "
                    + (row.ended() ? "ended with " + row.exitCode() : "running"));
        }
        if (!slot.ended() && !slot.uncertain() && row.ended()) {
            other++;
            say("slot " + slot.slotId() + " is stored as ended, and is not");
        }
    }

    private void nodeSamples(int node) throws SQLException {
        long there = stored.nodeSamples(site.node(node));
        long least = told.acknowledged(node).cardinality();
        long most = told.sent(node).cardinality();
        if (there < least || there > most) {
            other++;
            say("node " + site.node(node) + " told " + least + " to " + most + " samples, " + there + " are stored");
        }
    }

    private void oneByOne(int node, Expected.Slot slot, Store.Slot row) throws SQLException {
        rowByRow++;
        Map<Long, long[]> rows = stored.rowsOf(row.id());
        for (int step = slot.occupant().first(); step < slot.occupant().last(); step++) {
            if (!told.sent(node).get(step)) {
                continue;
            }
            long time = expected.timeMs(slot.occupant(), step);
            long[] figures = rows.remove(time);
            String which = "slot " + slot.slotId() + ", step " + step + ", sample of " + time;
            if (figures == null) {
                if (told.acknowledged(node).get(step)) {
                    lost++;
                    say(which + " was acknowledged and is not stored");
                }
                continue;
            }
            long[] as = expected.figures(slot.occupant(), step);
            for (Figure figure : Figure.values()) {
                if (as[figure.ordinal()] != figures[figure.ordinal()]) {
                    changed++;
                    say(which + ": " + figure.column() + " was told as " + as[figure.ordinal()] + " and is stored as "
                            + figures[figure.ordinal()]);
                    break;
                }
            }
        }
        surplus += rows.size();
        for (long time : rows.keySet()) {
            say("slot " + slot.slotId() + " has a sample of " + time + ", which was never sent");
        }
    }

    private void say(String sentence) {
        if (sentences.size() < MOST_SENTENCES) {
            sentences.add(sentence);
        }
    }
}
