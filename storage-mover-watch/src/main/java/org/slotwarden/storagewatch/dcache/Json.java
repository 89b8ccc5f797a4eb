package org.slotwarden.storagewatch.dcache;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;

/** Reads JSON as it comes. What has another type than expected counts as absent; what is no JSON is an error. */
public final class Json {

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(50)
                    .maxNumberLength(100)
                    .maxNameLength(2_000)
                    .maxStringLength(1 << 20)
                    .build())
            .build();

    private Json() {}

    /** What is done at one place of a document. */
    @FunctionalInterface
    public interface Visitor {
        void visit(JsonParser at);
    }

    /** What is done with one field of an object; the parser stands on its value. */
    @FunctionalInterface
    public interface FieldVisitor {
        void visit(String name, JsonParser value);
    }

    /** @throws IOException when it is no JSON, or ends in the middle. What was visited before, was. */
    public static void read(InputStream in, Visitor document) throws IOException {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), in)) {
            if (parser.nextToken() == null) {
                throw new IOException("the answer is empty");
            }
            document.visit(parser);
            // To the end: a cut is noticed, and the connection can be used again.
            while (parser.nextToken() != null) {
                parser.skipChildren();
            }
        } catch (JacksonIOException e) {
            throw e.getCause();
        } catch (JacksonException e) {
            throw new IOException("it is no whole JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** Each field of the object on which the parser stands; nothing when it stands on something else. */
    public static void fields(JsonParser parser, FieldVisitor visitor) {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return;
        }
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            visitor.visit(name, parser);
            parser.skipChildren();
        }
    }

    /** Each element of the array on which the parser stands; nothing when it stands on something else. */
    public static void elements(JsonParser parser, Visitor visitor) {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            parser.skipChildren();
            return;
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            visitor.visit(parser);
            parser.skipChildren();
        }
    }

    /** Null when it is no text, or an empty one. */
    public static @Nullable String text(JsonParser value) {
        if (value.currentToken() != JsonToken.VALUE_STRING) {
            return null;
        }
        String text = value.getString();
        return text.isEmpty() ? null : text;
    }

    /** A whole number, also as text; null when it is none or does not fit. */
    public static @Nullable Long number(JsonParser value) {
        return switch (value.currentToken()) {
            case VALUE_NUMBER_INT ->
                value.getNumberType() == JsonParser.NumberType.BIG_INTEGER ? null : (Long) value.getLongValue();
            case VALUE_STRING -> whole(value.getString());
            case null, default -> null;
        };
    }

    private static @Nullable Long whole(String text) {
        int digits = text.startsWith("-") ? 1 : 0;
        if (text.length() == digits || text.length() > 18) {
            return null;
        }
        for (int i = digits; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return null;
            }
        }
        return Long.valueOf(text);
    }
}
