package org.slotwarden.judging;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads and changes settings by their names, so that each has one name, one unit and one range everywhere. */
final class SettingValues {

    private static final Pattern DURATION = Pattern.compile("([0-9.]+) *(ms|s|m|h|d|)");
    private static final Map<String, Double> UNITS =
            Map.of("ms", 1e-3, "s", 1.0, "", 1.0, "m", 60.0, "h", 3600.0, "d", 86_400.0);

    private SettingValues() {}

    static JudgeSettings scaled(JudgeSettings settings, double factor) {
        return changed(
                settings,
                "",
                (component, value) ->
                        component.component.isAnnotationPresent(JudgeSettings.Seconds.class) ? value * factor : value);
    }

    static JudgeSettings with(JudgeSettings settings, Map<String, String> values) {
        Map<String, String> texts = new HashMap<>();
        Map<String, String> left = new LinkedHashMap<>();
        values.forEach((name, value) -> {
            texts.put(plain(name), value);
            left.put(plain(name), name);
        });
        JudgeSettings changed = changed(settings, "", (component, value) -> {
            left.remove(plain(component.name));
            String text = texts.get(plain(component.name));
            return text == null ? value : component.read(text);
        });
        if (!left.isEmpty()) {
            throw new IllegalArgumentException("no such setting: " + String.join(", ", left.values()));
        }
        return changed;
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replace("-", "");
    }

    private record Setting(String name, RecordComponent component) {
        double read(String text) {
            boolean seconds = component.isAnnotationPresent(JudgeSettings.Seconds.class);
            double value = seconds ? seconds(text) : number(text);
            boolean inRange = component.isAnnotationPresent(JudgeSettings.Share.class)
                    ? value > 0 && value <= 1
                    : seconds ? value > 0 : value >= 0;
            if (!inRange || value == Double.POSITIVE_INFINITY) {
                throw new IllegalArgumentException("%s cannot be %s".formatted(name, text));
            }
            return value;
        }

        private static double seconds(String text) {
            Matcher matcher = DURATION.matcher(text.strip());
            return matcher.matches()
                    ? number(matcher.group(1)) * UNITS.getOrDefault(matcher.group(2), Double.NaN)
                    : Double.NaN;
        }

        private static double number(String text) {
            try {
                return Double.parseDouble(text.strip());
            } catch (NumberFormatException e) {
                return Double.NaN;
            }
        }
    }

    /** A copy of a record, and of the records in it, with other numbers. */
    private static <R extends Record> R changed(R record, String prefix, BiFunction<Setting, Double, Double> change) {
        RecordComponent[] components = record.getClass().getRecordComponents();
        Object[] values = new Object[components.length];
        try {
            for (int i = 0; i < components.length; i++) {
                RecordComponent component = components[i];
                Object value = component.getAccessor().invoke(record);
                String name = prefix + component.getName();
                if (value instanceof Record group) {
                    value = changed(group, name + ".", change);
                } else if (value instanceof Double number) {
                    value = change.apply(new Setting(name, component), number);
                } else if (value instanceof Integer number) {
                    value = change.apply(new Setting(name, component), number.doubleValue())
                            .intValue();
                }
                values[i] = value;
            }
            Class<?>[] types =
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            @SuppressWarnings("unchecked")
            R copy = (R) record.getClass().getDeclaredConstructor(types).newInstance(values);
            return copy;
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof IllegalArgumentException wrong ? wrong : new IllegalStateException(e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
