package org.slotwarden.agent.slot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slotwarden.wire.v1.JobFacts;

class SlurmSpellingTest {

    @ParameterizedTest
    @CsvSource({
        "500M, 524288000",
        "500, 524288000",
        "2G, 2147483648",
        "1.50G, 1610612736",
        "4000Mc, 4194304000",
        "10K, 10240",
        "1T, 1099511627776"
    })
    void memory(String text, long bytes) {
        assertThat(SlurmSpelling.memory(text, 1 << 20)).hasValue(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "0M", "", "M", "-5M", "5X", "999999999999999P", "UNLIMITED"})
    void noMemory(String text) {
        assertThat(SlurmSpelling.memory(text, 1 << 20)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "1-02:03:04, 93784",
        "1-02:03, 93780",
        "2-12, 216000",
        "01:02:03, 3723",
        "0:5:0, 300",
        "30:15, 1815",
        "90, 5400"
    })
    void durations(String text, long seconds) {
        assertThat(SlurmSpelling.duration(text)).hasValue(seconds);
    }

    @ParameterizedTest
    @ValueSource(strings = {"UNLIMITED", "INFINITE", "Partition_Limit", "NOT_SET", "", "1:2:3:4", "-1", "a"})
    void noDuration(String text) {
        assertThat(SlurmSpelling.duration(text)).isEmpty();
    }

    @Test
    void cpusOfEveryNode() {
        assertThat(SlurmSpelling.cpusPerNode("2(x2),1")).containsExactly(2, 2, 1);
        assertThat(SlurmSpelling.cpusPerNode("8")).containsExactly(8);
        assertThat(SlurmSpelling.cpusPerNode("2(x")).isEmpty();
        assertThat(SlurmSpelling.cpusPerNode("")).isEmpty();
        assertThat(SlurmSpelling.cpusPerNode("1(x999999)")).hasSize(NodeList.MAX_NODES);
    }

    @Test
    void exitCodesAndSignals() {
        assertThat(SlurmSpelling.exitCode("3:0")).hasValue(3);
        assertThat(SlurmSpelling.signal("3:0")).isEmpty();
        assertThat(SlurmSpelling.signal("0:11")).hasValue(11);
        assertThat(SlurmSpelling.signal("0:125")).as("no signal").isEmpty();
        assertThat(SlurmSpelling.outOfMemory("0:125", "")).isTrue();
        assertThat(SlurmSpelling.outOfMemory("0", "125")).isTrue();
        assertThat(SlurmSpelling.exitCode("7")).hasValue(7);
        assertThat(SlurmSpelling.exitCode("999")).isEmpty();
        assertThat(SlurmSpelling.exitCode("1:2:3")).isEmpty();
    }

    @Test
    void nodeLists() {
        assertThat(NodeList.expand("n[1-3,07-09],m5")).containsExactly("n1", "n2", "n3", "n07", "n08", "n09", "m5");
        assertThat(NodeList.expand("r[1-2]n[1-2].site"))
                .containsExactly("r1n1.site", "r1n2.site", "r2n1.site", "r2n2.site");
        assertThat(NodeList.expand("n[098-101]")).containsExactly("n098", "n099", "n100", "n101");
        assertThat(NodeList.expand("")).isEmpty();
        assertThat(NodeList.expand(",a,,b,")).containsExactly("a", "b");
    }

    @Test
    void hostileNodeListsAreBounded() {
        assertThat(NodeList.expand("n[1-999999999]")).hasSize(NodeList.MAX_NODES);
        assertThat(NodeList.expand("a[0-999999999]b[0-999999999]c[0-9]")).hasSize(NodeList.MAX_NODES);
        assertThat(NodeList.expand(String.join(",", Collections.nCopies(20_000, "x"))))
                .hasSize(NodeList.MAX_NODES);
        assertThat(NodeList.expand("n[1-")).isEqualTo(List.of("n[1-"));
        assertThat(NodeList.expand("n[x-y]]]")).containsExactly("n[x-y]]]");
        assertThat(NodeList.expand("n[5-3]")).isEmpty();
    }

    @Test
    void outputPathsTakeWhatIsKnown() {
        JobFacts job = JobFacts.newBuilder()
                .setJobId("12")
                .setUser("ada")
                .addNodes("n7.site")
                .build();
        assertThat(OutputPath.resolve("/o/x.%A_%a.%j.%u.%N.%%.%s", job, false)).isEqualTo("/o/x.%A_%a.12.ada.n7.%.%s");
        assertThat(OutputPath.resolve("%A_%a.%5j", job, true)).isEqualTo("12_4294967294.00012");
        JobFacts element = job.toBuilder()
                .setArrayId("10")
                .setArrayIndex(3)
                .setName("$1 \\n")
                .build();
        assertThat(OutputPath.resolve("%x/%A_%3a", element, false)).isEqualTo("$1 \\n/10_003");
    }
}
