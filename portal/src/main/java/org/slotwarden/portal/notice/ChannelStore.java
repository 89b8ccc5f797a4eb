package org.slotwarden.portal.notice;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slotwarden.portal.secret.Seal;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.GeneratedKeyHolder;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.json.JsonMapper;

/** Channels in the database. */
@Repository
class ChannelStore {

    private static final String CHANNEL = """
            SELECT c.*, (SELECT GROUP_CONCAT(s.name) FROM channel_secret s WHERE s.channel_id = c.id) secrets
            FROM channel c
            """;

    private final JdbcClient jdbc;
    private final JsonMapper json;
    private final Seal seal;

    ChannelStore(JdbcClient jdbc, JsonMapper json, ChannelKey key) {
        this.jdbc = jdbc;
        this.json = json;
        this.seal = key.seal();
    }

    /** By name. */
    List<Channel> all() {
        return jdbc.sql(CHANNEL + " ORDER BY c.name").query(this::channel).list();
    }

    Optional<Channel> find(long id) {
        return jdbc.sql(CHANNEL + " WHERE c.id = ?")
                .param(id)
                .query(this::channel)
                .optional();
    }

    /** The row stays locked until the transaction ends. */
    boolean lock(long id) {
        return jdbc.sql("SELECT id FROM channel WHERE id = ? FOR UPDATE")
                .param(id)
                .query(Long.class)
                .optional()
                .isPresent();
    }

    boolean taken(String name, long byOtherThan) {
        return jdbc.sql("SELECT EXISTS (SELECT 1 FROM channel WHERE name = ? AND id <> ?)")
                .params(name, byOtherThan)
                .query(Boolean.class)
                .single();
    }

    long count() {
        return jdbc.sql("SELECT COUNT(*) FROM channel").query(Long.class).single();
    }

    long create(String name, boolean enabled, ChannelTerms terms, String by, Instant at) {
        GeneratedKeyHolder key = new GeneratedKeyHolder();
        jdbc.sql("INSERT INTO channel (name, enabled, terms, saved_by, saved_at) VALUES (?, ?, ?, ?, ?)")
                .params(name, enabled, json.writeValueAsString(terms), by, at)
                .update(key, "id");
        Number id = key.getKey();
        if (id == null) {
            throw new IllegalStateException("The database gave the channel no id");
        }
        return id.longValue();
    }

    void change(long id, String name, boolean enabled, ChannelTerms terms, String by, Instant at) {
        jdbc.sql("UPDATE channel SET name = ?, enabled = ?, terms = ?, saved_by = ?, saved_at = ? WHERE id = ?")
                .params(name, enabled, json.writeValueAsString(terms), by, at, id)
                .update();
    }

    void delete(long id) {
        jdbc.sql("DELETE FROM channel WHERE id = ?").param(id).update();
    }

    void keep(long id, ChannelTerms terms, ChannelSecret secret, String value) {
        jdbc.sql("INSERT INTO channel_secret (channel_id, name, sealed) VALUES (:id, :name, :sealed)"
                        + " ON DUPLICATE KEY UPDATE sealed = VALUES(sealed)")
                .param("id", id)
                .param("name", secret.name())
                .param("sealed", seal.seal(value, terms.purpose(secret)))
                .update();
    }

    void forget(long id, ChannelSecret secret) {
        jdbc.sql("DELETE FROM channel_secret WHERE channel_id = ? AND name = ?")
                .params(id, secret.name())
                .update();
    }

    /** @throws Seal.Broken when it was sealed with another key, or for another place */
    Optional<String> secret(Channel channel, ChannelSecret secret) throws Seal.Broken {
        Optional<byte[]> sealed = jdbc.sql("SELECT sealed FROM channel_secret WHERE channel_id = ? AND name = ?")
                .params(channel.id(), secret.name())
                .query((row, number) -> row.getBytes(1))
                .optional();
        return sealed.isEmpty()
                ? Optional.empty()
                : Optional.of(seal.open(sealed.get(), channel.terms().purpose(secret)));
    }

    private Channel channel(ResultSet row, int number) throws SQLException {
        String names = row.getString("secrets");
        Set<ChannelSecret> secrets = EnumSet.noneOf(ChannelSecret.class);
        for (String name : names == null ? new String[0] : names.split(",")) {
            secrets.add(ChannelSecret.valueOf(name));
        }
        return new Channel(
                row.getLong("id"),
                row.getString("name"),
                row.getBoolean("enabled"),
                json.readValue(row.getString("terms"), ChannelTerms.class),
                secrets,
                row.getString("saved_by"),
                row.getObject("saved_at", Instant.class));
    }
}
