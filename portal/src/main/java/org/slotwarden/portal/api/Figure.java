package org.slotwarden.portal.api;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;

/**
 * A figure in JSON: to six digits, and never coarser than to a whole number. More of them say nothing of what was
 * measured, and are half of the answer. A writer with the attribute {@link #EXACT} keeps them all.
 */
public final class Figure extends ValueSerializer<Double> {

    /** Attribute of a writer: any value but null says that figures are written as they are stored. */
    public static final Object EXACT = Figure.class;

    private static final double DIGITS = 6;
    /** Doubles have whole numbers up to here, and all of them. */
    private static final double WHOLE = 1L << 53;

    @Override
    public void serialize(Double value, JsonGenerator json, SerializationContext context) {
        if (context.getAttribute(EXACT) == null) {
            write(value, json);
        } else {
            json.writeNumber(value);
        }
    }

    static void write(double value, JsonGenerator json) {
        double rounded = rounded(value);
        if (rounded == Math.rint(rounded) && Math.abs(rounded) < WHOLE) {
            json.writeNumber((long) rounded);
        } else {
            json.writeNumber(rounded);
        }
    }

    static double rounded(double value) {
        double size = Math.abs(value);
        if (size >= Math.pow(10, DIGITS - 1)) {
            return Math.rint(value);
        }
        double scale = Math.pow(10, DIGITS - 1 - Math.floor(Math.log10(size)));
        // Of what is nearly nothing, the scale is infinite.
        return scale < Double.MAX_VALUE ? Math.rint(value * scale) / scale : value;
    }
}
