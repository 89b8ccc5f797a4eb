package org.slotwarden.load;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Reads the tables of a portal (docs/schema.md). Samples in blocks are not read. */
final class StoredRows implements Store {

    private static final String TIME = "CAST(ROUND(UNIX_TIMESTAMP(j.time) * 1000) AS SIGNED)";

    private static final String FIGURES =
            Arrays.stream(Figure.values()).map(StoredRows::whole).collect(Collectors.joining(", "));

    /** Of a sample; a figure that is missing makes another one. */
    static final String CHECKSUM = "CRC32(CONCAT_WS(',', " + TIME + ", " + FIGURES + "))";

    private final Connection database;

    /** Times are UTC from now on. */
    StoredRows(Connection database) throws SQLException {
        this.database = database;
        try (Statement statement = database.createStatement()) {
            statement.execute("SET time_zone = '+00:00'");
        }
    }

    /** A slot that has blocks. */
    record Archived(long id, long job, String slotId) {}

    /** Of the slots on a node. */
    List<Archived> archivedOf(String node) throws SQLException {
        String query = "SELECT s.id, s.job_id, s.slot_key FROM node n JOIN slot s ON s.node_id = n.id"
                + " WHERE n.name = ? AND EXISTS (SELECT 1 FROM sample_block b WHERE b.slot_id = s.id)";
        List<Archived> slots = new ArrayList<>();
        try (PreparedStatement statement = database.prepareStatement(query)) {
            statement.setString(1, node);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    slots.add(new Archived(rows.getLong(1), rows.getLong(2), rows.getString(3)));
                }
            }
        }
        return slots;
    }

    private static String whole(Figure figure) {
        return figure.seconds() ? "CAST(ROUND(j." + figure.column() + " * 1000000) AS SIGNED)" : "j." + figure.column();
    }

    @Override
    public List<Slot> slotsOf(String node) throws SQLException {
        String query = "SELECT s.id, s.slot_key, s.ended_at IS NOT NULL, s.exit_code, COUNT(j.time), COALESCE(SUM("
                + CHECKSUM + "), 0) FROM node n JOIN slot s ON s.node_id = n.id"
                + " LEFT JOIN job_sample j ON j.slot_id = s.id WHERE n.name = ?"
                + " GROUP BY s.id, s.slot_key, s.ended_at, s.exit_code";
        List<Slot> slots = new ArrayList<>();
        try (PreparedStatement statement = database.prepareStatement(query)) {
            statement.setString(1, node);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    long samples = rows.getLong(5);
                    slots.add(new Slot(
                            rows.getLong(1),
                            rows.getString(2),
                            rows.getBoolean(3),
                            rows.getInt(4),
                            samples,
                            samples == 0 ? 0 : rows.getLong(6)));
                }
            }
        }
        return slots;
    }

    @Override
    public Map<Long, long[]> rowsOf(long slot) throws SQLException {
        Map<Long, long[]> samples = new HashMap<>();
        String query = "SELECT " + TIME + ", " + FIGURES + " FROM job_sample j WHERE j.slot_id = ?";
        try (PreparedStatement statement = database.prepareStatement(query)) {
            statement.setLong(1, slot);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    long[] figures = new long[Figure.COUNT];
                    for (int i = 0; i < Figure.COUNT; i++) {
                        figures[i] = rows.getLong(2 + i);
                        if (rows.wasNull()) {
                            figures[i] = -1;
                        }
                    }
                    samples.put(rows.getLong(1), figures);
                }
            }
        }
        return samples;
    }

    @Override
    public long nodeSamples(String node) throws SQLException {
        return count("SELECT COUNT(*) FROM node n JOIN node_sample s ON s.node_id = n.id WHERE n.name = ?", node);
    }

    @Override
    public long jobs(String cluster) throws SQLException {
        return count("SELECT COUNT(*) FROM job WHERE cluster = ?", cluster);
    }

    private long count(String query, String parameter) throws SQLException {
        try (PreparedStatement statement = database.prepareStatement(query)) {
            statement.setString(1, parameter);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }
}
