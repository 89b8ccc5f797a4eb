package org.slotwarden.agent.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

    @Test
    void whatIsAbsentOrCouldBeBetterDoesNotMakeItFail() {
        List<Finding> fine = List.of(Finding.ok("a", "x"), Finding.absent("b", "y", null), Finding.warn("c", "z", "h"));
        assertThat(Report.works(fine)).isTrue();
        assertThat(Report.text(fine)).contains("absent b").contains("-> h").endsWith("A monitor works here.\n");
        assertThat(Report.text(List.of(Finding.fail("a", "x\ny\033[2J", "h"))))
                .contains("x y [2J")
                .endsWith("see the lines that fail.\n");
    }

    @Test
    void jsonIsQuoted() {
        assertThat(Report.json(List.of(Finding.fail("a", "q\"\\\n\u0001é", "h"))))
                .isEqualTo("{\"works\":false,\"findings\":[{\"topic\":\"a\",\"level\":\"fail\",\"text\":"
                        + "\"q\\\"\\\\\\u000a\\u0001é\",\"hint\":\"h\"}]}\n");
    }

    @Test
    void kernelsAreComparedByNumber() {
        assertThat(KernelCheck.since("6.18.44-x", 6, 2)).isTrue();
        assertThat(KernelCheck.since("6.2.0", 6, 2)).isTrue();
        assertThat(KernelCheck.since("10.0", 6, 2)).isTrue();
        assertThat(KernelCheck.since("6.1.99", 6, 2)).isFalse();
        assertThat(KernelCheck.since("5.14.0-427.el9", 6, 2)).isFalse();
        assertThat(KernelCheck.since("unknown", 6, 2)).isFalse();
    }

    @Test
    void whatIsWrongWithTlsIsNamed() {
        String handshake = "https://p/: javax.net.ssl.SSLHandshakeException: (certificate_unknown) ";
        assertThat(PortalFindings.hint(0, handshake + "PKIX path building failed: unable to find valid path", "n"))
                .contains("not trusted");
        assertThat(PortalFindings.hint(0, handshake + "No subject alternative names matching IP address", "n"))
                .contains("another name");
        assertThat(PortalFindings.hint(0, handshake + "PKIX path validation failed: NotAfter: Sat Jan 01", "n"))
                .contains("expired");
        assertThat(PortalFindings.hint(0, "javax.net.ssl.SSLException: Unsupported or unrecognized SSL message", "n"))
                .contains("does not speak it");
        assertThat(PortalFindings.hint(0, "java.net.SocketTimeoutException: Read timed out", "n"))
                .contains("firewall");
        assertThat(PortalFindings.hint(404, "HTTP 404", "n")).contains("portal.url");
    }

    @Test
    void slurmsOwnLinesAreTold(@TempDir Path folder) throws Exception {
        Path conf = folder.resolve("slurm.conf");
        Files.writeString(
                conf, "#Prolog=/x\nProlog=/opt/slotwarden/batch-prologue/bin/slurm/prologue\nprologflags=Alloc\n");
        BatchSystemCheck check = new BatchSystemCheck(folder, null, true, List.of(conf));
        assertThat(check.look())
                .anyMatch(f -> f.level() == Finding.Level.OK && f.text().contains("prologflags=Alloc"));
        Files.writeString(conf, "Prolog=/site/own\n");
        assertThat(check.look())
                .anyMatch(f -> f.level() == Finding.Level.WARN && f.text().contains("/site/own"));
        Files.createDirectories(folder.resolve("batch-prologue/bin"));
        Files.createDirectories(folder.resolve("etc"));
        Files.writeString(folder.resolve("etc/hook.conf"), "enabled=no\n");
        assertThat(check.look()).anyMatch(f -> f.text().contains("switched off"));
    }
}
