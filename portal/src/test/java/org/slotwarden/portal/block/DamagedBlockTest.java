package org.slotwarden.portal.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DamagedBlockTest {

    private final byte[] bytes = new BlockEncoder().encode(BlockTest.random(new Random(3)));

    @Test
    void aFlippedBitIsNoticed() {
        for (int bit = 0; bit < 8 * bytes.length; bit += 1 + bit / 500) {
            byte[] flipped = bytes.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);

            assertThatThrownBy(() -> BlockDecoder.decode(flipped)).isInstanceOf(BlockDamagedException.class);
        }
    }

    @Test
    void aBlockThatWasCutOffIsNoticed() {
        for (int length = 0; length < bytes.length; length += 1 + length / 20) {
            byte[] cut = Arrays.copyOf(bytes, length);

            assertThatThrownBy(() -> BlockDecoder.decode(cut)).isInstanceOf(BlockDamagedException.class);
        }
    }

    @Test
    void aVersionOfTheFutureIsCalledByItsNumber() {
        bytes[0] = 9;

        assertThatThrownBy(() -> BlockDecoder.decode(bytes))
                .isInstanceOf(BlockDamagedException.class)
                .hasMessageContaining("version 9");
    }

    /** Whoever can write the table can make a right checksum as well. */
    @Test
    void madeUpBytesWithARightChecksumNeitherHangNorTakeMemory() {
        Random random = new Random(1);
        int refused = 0;
        for (int i = 0; i < 3000; i++) {
            byte[] made = random.nextBoolean() ? bytes.clone() : new byte[6 + random.nextInt(3000)];
            for (int change = random.nextInt(20); change >= 0; change--) {
                made[random.nextInt(made.length)] = (byte) random.nextInt();
            }
            made[0] = BlockEncoder.VERSION;
            int sum = BlockEncoder.checksum(made);
            for (int at = 0; at < 4; at++) {
                made[1 + at] = (byte) (sum >>> 24 - 8 * at);
            }
            try {
                Block block = BlockDecoder.decode(made);
                assertThat(block.rows()).isLessThanOrEqualTo(Block.MOST_ROWS);
            } catch (BlockDamagedException e) {
                refused++;
            }
        }
        assertThat(refused).isPositive();
    }
}
