package dev.foretoken.scheduler.blocks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BlockPoolTest {

    private final BlockPool pool = new BlockPool(3);

    @Test
    void aUnitIsFreeAgainWhenItsLastOwnerReleasesIt() {
        int unit = pool.allocate();
        pool.retain(unit);
        pool.release(unit);
        assertThat(pool.available()).isEqualTo(2);
        pool.release(unit);
        assertThat(pool.available()).isEqualTo(3);
        assertThat(pool.referenced()).isZero();
    }

    @Test
    void evictsKeptUnitsInTheOrderTheyBecameIdleAndOnlyWhenNothingIsFree() {
        List<Integer> evicted = new ArrayList<>();
        pool.onEviction(evicted::add);
        int first = pool.allocate();
        int second = pool.allocate();
        pool.keep(first);
        pool.keep(second);
        pool.release(second);
        pool.release(first);

        pool.allocate();
        assertThat(evicted).isEmpty();
        assertThat(pool.allocate()).isEqualTo(second);
        assertThat(pool.allocate()).isEqualTo(first);
        assertThat(evicted).containsExactly(second, first);
        assertThat(pool.available()).isZero();
    }

    @Test
    void anIdleUnitThatIsSharedAgainIsNotEvicted() {
        int kept = pool.allocate();
        pool.keep(kept);
        pool.release(kept);
        pool.retain(kept);
        pool.allocate();
        pool.allocate();
        assertThat(pool.available()).isZero();
        assertThatThrownBy(pool::allocate).hasMessageContaining("no unit available");
        assertThat(pool.references(kept)).isEqualTo(1);
    }

    @Test
    void refusesToReleaseWhatNobodyOwnsAndToShareWhatIsFree() {
        assertThatThrownBy(() -> pool.release(0)).hasMessageContaining("no owner");
        assertThatThrownBy(() -> pool.retain(0)).hasMessageContaining("free");
    }

    @Test
    void aForgottenIdleUnitIsFreeWithoutEviction() {
        pool.onEviction(unit -> {
            throw new AssertionError("evicted " + unit);
        });
        int unit = pool.allocate();
        pool.keep(unit);
        pool.release(unit);
        pool.forget(unit);
        for (int i = 0; i < 3; i++) {
            pool.allocate();
        }
        assertThat(pool.isKept(unit)).isFalse();
    }
}
