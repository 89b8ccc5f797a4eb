package org.slotwarden.portal.api;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;

/** {@code ["2026-11-21T20:00:00Z", 1.25]}. Lines of an answer share their times, and to write one takes long. */
final class SeriesPoint extends ValueSerializer<SeriesForm.Point> {

    @Override
    public void serialize(SeriesForm.Point point, JsonGenerator json, SerializationContext context) {
        json.writeStartArray();
        json.writeString(times(context).computeIfAbsent(point.time(), Instant::toString));
        if (point.value() == null) {
            json.writeNull();
        } else {
            Figure.write(point.value(), json);
        }
        json.writeEndArray();
    }

    /** Those written already, of this answer. */
    @SuppressWarnings("unchecked")
    private static Map<Instant, String> times(SerializationContext context) {
        Object known = context.getAttribute(SeriesPoint.class);
        if (known == null) {
            known = new HashMap<Instant, String>();
            context.setAttribute(SeriesPoint.class, known);
        }
        return (Map<Instant, String>) known;
    }
}
