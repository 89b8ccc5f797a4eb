package org.slotwarden.portal.note;

import static org.assertj.core.api.Assertions.assertThat;
import static org.slotwarden.portal.ingest.SlotStory.slot;

import com.jayway.jsonpath.JsonPath;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.HttpVisitor;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.ingest.TestAgent;
import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.portal.user.Accounts;
import org.slotwarden.portal.user.ApiTokens;
import org.slotwarden.portal.user.Role;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

@PortalTest
class JobNotesTest {

    @Autowired
    NodeTokens tokens;

    @Autowired
    Accounts accounts;

    @Autowired
    ApiTokens apiTokens;

    @Autowired
    JdbcClient jdbc;

    @LocalServerPort
    int port;

    HttpVisitor anna;
    HttpVisitor admin;
    String path;

    @BeforeEach
    void aJobOfAnna() {
        anna = visitor("anna", Role.USER);
        admin = visitor("ada", Role.ADMIN);
        new TestAgent(port, "n1", tokens.issue("n1"))
                .tell(slot("a", "7")
                        .facts(facts -> facts.setUser("anna"))
                        .started(Instant.now().minusSeconds(60)));
        path = "/api/v1/jobs/"
                + jdbc.sql("SELECT id FROM job").query(Long.class).single() + "/notes";
    }

    @Test
    void anAdminNotesSomething_andChoosesWhetherTheOwnerSeesIt() {
        assertThat(note("asked <b>anna</b>\r\nby mail\u202e", null)).isEqualTo(201);
        assertThat(note("please use scratch", true)).isEqualTo(201);

        String all = admin.get(path).body();
        assertThat(JsonPath.<List<String>>read(all, "$[*].text"))
                .containsExactly("please use scratch", "asked <b>anna</b>\nby mail\u202e");
        assertThat(JsonPath.<List<Boolean>>read(all, "$[*].for_owner")).containsExactly(true, false);
        assertThat(JsonPath.<List<String>>read(all, "$[*].author")).containsExactly("ada", "ada");
        assertThat(JsonPath.<List<String>>read(anna.get(path).body(), "$[*].text"))
                .containsExactly("please use scratch");
        String audit = admin.get("/api/v1/audit?action=note").body();
        assertThat(JsonPath.<List<String>>read(audit, "$.items[*].about"))
                .allSatisfy(about -> assertThat(about).matches("note \\d+, for admins( and the owner)?"))
                .hasSize(2);
        assertThat(admin.get("/api/v1/audit/check").body()).doesNotContain("first_wrong");
    }

    @Test
    void aNoteThatCannotBeKeptIsRefused_andNothingIsKeptOfIt() {
        for (String wrong : List.of("", "  \n ", "x".repeat(JobNotes.MOST_TEXT + 1), "a\u0000b", "a\u001b[31mb")) {
            assertThat(note(wrong, null)).as(wrong).isEqualTo(400);
        }
        assertThat(admin.send("POST", path, "{}").body()).contains("\"parameter\":\"text\"");
        assertThat(note("\ttabs and\nlines, 4 bytes: 😀", null)).isEqualTo(201);
        assertThat(note("😀".repeat(JobNotes.MOST_TEXT / 2), null)).isEqualTo(201);
        for (int i = 2; i < JobNotes.MOST; i++) {
            assertThat(note("note " + i, null)).isEqualTo(201);
        }
        assertThat(note("one too many", null)).isEqualTo(409);
        assertThat(count("job_note")).isEqualTo(JobNotes.MOST);
        assertThat(count("audit")).isEqualTo(JobNotes.MOST);
    }

    @Test
    void notesGoWithTheirJob() {
        assertThat(note("x", null)).isEqualTo(201);

        jdbc.sql("DELETE FROM job").update();

        assertThat(count("job_note")).isZero();
        assertThat(count("audit")).isEqualTo(1);
    }

    private int note(String text, @Nullable Boolean forOwner) {
        String owner = forOwner == null ? "" : ",\"for_owner\":" + forOwner;
        return admin.send("POST", path, "{\"text\":" + JsonMapper.shared().writeValueAsString(text) + owner + "}")
                .statusCode();
    }

    private long count(String table) {
        return jdbc.sql("SELECT COUNT(*) FROM " + table).query(Long.class).single();
    }

    private HttpVisitor visitor(String name, Role role) {
        accounts.create(name, "correct horse battery", role);
        return HttpVisitor.withToken(port, apiTokens.issue(name, "t", null).token());
    }
}
