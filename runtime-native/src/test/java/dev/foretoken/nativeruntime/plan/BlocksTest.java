package dev.foretoken.nativeruntime.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class BlocksTest {

    private static final MatrixRef WHOLE = new MatrixRef("w", 24, 3);
    private static final MatrixRef BLOCKS = WHOLE.rowBlocks(1, 2, 8, 6);

    private static List<Integer> storedRows(MatrixRef ref) {
        return IntStream.range(0, ref.rows()).mapToObj(ref::storedRow).toList();
    }

    @Test
    void rowsOfBlocksLieApart() {
        assertThat(storedRows(BLOCKS)).containsExactly(1, 2, 9, 10, 17, 18);
        assertThat(BLOCKS.isOfWholeRows()).isTrue();
        assertThat(BLOCKS.isRowRange()).isFalse();
        assertThat(BLOCKS.isInside()).isTrue();
        assertThat(WHOLE.rowBlocks(7, 2, 8, 6).isInside()).isFalse();
        assertThat(BLOCKS.columns(1, 2).storedIndex(2, 0)).isEqualTo(9 * 3 + 1);
    }

    @Test
    void someRowsOfBlocksAreWholeBlocksOrLieInOne() {
        assertThat(storedRows(BLOCKS.rows(2, 4))).containsExactly(9, 10, 17, 18);
        assertThat(BLOCKS.rows(3, 1)).isEqualTo(WHOLE.rows(10, 1));
        assertThat(BLOCKS.rows(2, 2)).isEqualTo(WHOLE.rows(9, 2));
        assertThatIllegalArgumentException().isThrownBy(() -> BLOCKS.rows(1, 2));
        assertThatIllegalStateException().isThrownBy(BLOCKS::transposed);
        assertThatIllegalStateException().isThrownBy(() -> BLOCKS.rowBlocks(0, 1, 2, 2));
    }

    @Test
    void oneBlockIsNoBlock() {
        assertThat(WHOLE.rowBlocks(4, 5, 8, 5)).isEqualTo(WHOLE.rows(4, 5));
        assertThat(WHOLE.rowBlocks(0, 24, 48, 24)).isEqualTo(WHOLE);
    }

    @Test
    void elementsOfVectorsLieSoToo() {
        VectorRef blocks = new VectorRef("b", 24).blocks(1, 2, 8, 6);
        assertThat(IntStream.range(0, 6).mapToObj(blocks::storedIndex)).containsExactly(1L, 2L, 9L, 10L, 17L, 18L);
        assertThat(blocks.slice(2, 4).storedIndex(2)).isEqualTo(17);
        assertThat(blocks.isInside()).isTrue();
        assertThat(new VectorRef("b", 24).blocks(7, 2, 8, 6).isInside()).isFalse();
    }
}
