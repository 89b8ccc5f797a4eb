package org.slotwarden.storagewatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code --check} says. */
class CheckTest {

    @TempDir
    Path folder;

    private FakeDcache dcache;
    private Site site;

    @BeforeEach
    void start() throws Exception {
        dcache = new FakeDcache().pools("a", "b");
        site = new Site(folder, dcache.url());
    }

    @AfterEach
    void stop() throws IOException {
        site.close();
        dcache.close();
    }

    private String check(boolean works) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        boolean result =
                new Check(site.config(), new PrintStream(out, true, StandardCharsets.UTF_8), site.time.clock()).run();
        String text = out.toString(StandardCharsets.UTF_8);
        assertThat(result).as(text).isEqualTo(works);
        return text;
    }

    @Test
    void allIsWell() throws Exception {
        assertThat(check(true))
                .contains("knows root, with roles [admin]")
                .contains("2 pools")
                .contains("The watch works here.")
                .doesNotContain("fail");
    }

    @Test
    void theAdminRoleIsMissing() throws Exception {
        dcache.json("/api/v1/user", FakeDcache.ADMIN.replace("[\"admin\"]", "[]"));

        assertThat(check(false)).contains("fail   admin role").contains("gives root no admin role");
    }

    @Test
    void anonymous() throws Exception {
        dcache.json("/api/v1/user", "{\"status\":\"ANONYMOUS\"}");

        assertThat(check(false)).contains("takes us for an anonymous user");
    }

    @Test
    void aRefusedLoginIsAskedForOnce() throws Exception {
        dcache.status("/api/v1/user", 401, "");

        assertThat(check(false)).contains("HTTP 401").contains("dCache counts to three");
        assertThat(check(false)).contains("is not tried again");
        assertThat(dcache.asked()).hasSize(1);
    }

    @Test
    void eachResourceHasItsLine() throws Exception {
        dcache.status("/api/v1/doors", 500, "{}");

        assertThat(check(false))
                .contains("ok     transfers")
                .contains("fail   doors")
                .contains("HTTP 500");
    }

    @Test
    void nobodyThere() throws Exception {
        dcache.close();

        assertThat(check(false)).contains("fail   dcache").contains("nothing listens there");
    }
}
