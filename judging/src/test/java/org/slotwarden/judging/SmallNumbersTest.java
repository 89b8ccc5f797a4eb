package org.slotwarden.judging;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SmallNumbersTest {

    private static Object of(float... values) {
        Object numbers = SmallNumbers.ofLength(values.length);
        for (int i = 0; i < values.length; i++) {
            numbers = SmallNumbers.with(numbers, i, values[i]);
        }
        return numbers;
    }

    private static void staysAsItIs(Class<?> inThis, float... values) {
        Object numbers = of(values);
        assertThat(numbers).isInstanceOf(inThis);
        for (int i = 0; i < values.length; i++) {
            assertThat(SmallNumbers.get(numbers, i)).isEqualTo(Float.valueOf(values[i]));
        }
    }

    @Test
    void takesTheSmallestArrayThatHoldsAllExactly() {
        staysAsItIs(byte[].class, 0, 127, -128);
        staysAsItIs(short[].class, 3, 128, 32_767, -32_768);
        staysAsItIs(float[].class, 3, 128, 32_768);
        staysAsItIs(float[].class, 0.5f, 3);
        staysAsItIs(float[].class, 1, 300, 4e9f, Float.NaN);
    }
}
