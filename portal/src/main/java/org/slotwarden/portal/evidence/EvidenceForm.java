package org.slotwarden.portal.evidence;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Evidence as it lies in the database: JSON, deflated. */
@Component
public class EvidenceForm {

    /** What is stored has come through bounds that are far lower. */
    private static final int MOST_BYTES = 4 << 20;

    private final JsonMapper json;

    EvidenceForm(JsonMapper json) {
        this.json = json;
    }

    public byte[] write(SlotEvidence evidence) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DeflaterOutputStream out = new DeflaterOutputStream(bytes)) {
            out.write(json.writeValueAsBytes(evidence));
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return bytes.toByteArray();
    }

    public SlotEvidence read(byte[] data) {
        try (InflaterInputStream in = new InflaterInputStream(new ByteArrayInputStream(data))) {
            return json.readValue(in.readNBytes(MOST_BYTES), SlotEvidence.class);
        } catch (IOException e) {
            throw new IllegalStateException("Evidence in the database is damaged", e);
        }
    }
}
