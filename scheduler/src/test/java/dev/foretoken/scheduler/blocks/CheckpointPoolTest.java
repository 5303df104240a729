package dev.foretoken.scheduler.blocks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CheckpointPoolTest {

    private final CheckpointPool pool = new CheckpointPool(3);
    private final List<Integer> evicted = new ArrayList<>();
    private final List<Integer> dropped = new ArrayList<>();

    CheckpointPoolTest() {
        pool.onEviction(evicted::add);
        pool.onDrop(dropped::add);
    }

    private int kept(int tokens) {
        int number = pool.allocate(0, tokens);
        pool.keep(number);
        pool.release(number);
        return number;
    }

    @Test
    void aCopyThatSparesLittleGoesBeforeOneThatSparesMuch() {
        kept(500);
        int small = kept(64);
        kept(500);
        assertThat(pool.allocate(0, 1)).isEqualTo(small);
        assertThat(evicted).containsExactly(small);
        assertThat(dropped).as("the runtime frees it too").containsExactly(small);
    }

    @Test
    void aCopyThatWasUsedOutlivesEqualOnesAndTheOldestOfThoseGoesFirst() {
        int used = kept(100);
        int second = kept(100);
        int third = kept(100);
        pool.used(used);
        kept(100);
        kept(100);
        assertThat(evicted).containsExactly(second, third);
        assertThat(pool.isKept(used)).isTrue();
    }

    @Test
    void aCopyThatWasUsedOnceIsNotKeptForEver() {
        int used = kept(100);
        pool.used(used);
        for (int i = 0; i < 10; i++) {
            kept(100);
        }
        assertThat(evicted).contains(used);
    }

    @Test
    void noNumberInUseIsGivenUp() {
        pool.allocate(0, 1);
        int idle = kept(1000);
        pool.allocate(0, 1);
        pool.retain(idle);
        assertThat(pool.allocate(0, 1)).isEqualTo(CheckpointPool.NONE);
        pool.release(idle);
        assertThat(pool.allocate(0, 1)).isEqualTo(idle);
    }

    @Test
    void leavesFreeWhatItIsToldToLeave() {
        int first = pool.allocate(1, 1);
        assertThat(pool.allocate(1, 1)).isNotEqualTo(CheckpointPool.NONE);
        assertThat(pool.allocate(1, 1)).isEqualTo(CheckpointPool.NONE);
        pool.keep(first);
        pool.release(first);
        assertThat(pool.allocate(1, 1)).isEqualTo(first);
        assertThat(pool.allocate(0, 1)).isNotEqualTo(CheckpointPool.NONE);
    }

    @Test
    void aNumberNobodyUsesAndNobodyKeepsIsDroppedAtOnce() {
        int number = pool.allocate(0, 1);
        pool.release(number);
        assertThat(dropped).containsExactly(number);
        assertThat(pool.held()).isZero();
        assertThatThrownBy(() -> pool.release(number)).hasMessageContaining("no user");
        assertThatThrownBy(() -> pool.retain(number)).hasMessageContaining("free");
        assertThatThrownBy(() -> pool.keep(number)).hasMessageContaining("no user");
    }

    @Test
    void whatIsForgottenWhileInUseIsDroppedByItsLastUser() {
        int number = pool.allocate(0, 1);
        pool.keep(number);
        pool.forget(number);
        assertThat(dropped).isEmpty();
        pool.release(number);
        assertThat(dropped).containsExactly(number);
    }
}
