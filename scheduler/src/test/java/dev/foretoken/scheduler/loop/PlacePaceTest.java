package dev.foretoken.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PlacePaceTest {

    private final PlacePace pace = new PlacePace();

    @Test
    void countsTheTimeBetweenEndsWhileSomebodyWaits() {
        pace.look(1000, 7, 3);
        assertThat(pace.nanos()).isZero();
        pace.look(1400, 9, 3);
        assertThat(pace.nanos()).isEqualTo(200);
    }

    @Test
    void looksWithoutAnEndCountForTheNextOne() {
        pace.look(0, 0, 1);
        pace.look(100, 0, 1);
        pace.look(300, 1, 1);
        assertThat(pace.nanos()).isEqualTo(300);
    }

    @Test
    void followsASlowChange() {
        pace.look(0, 0, 1);
        pace.look(100, 1, 1);
        pace.look(300, 2, 1);
        assertThat(pace.nanos()).isEqualTo(130);
    }

    @Test
    void placesCostNothingWhenNobodyWaits() {
        pace.look(0, 0, 1);
        pace.look(100, 1, 1);
        pace.look(200, 1, 0);
        assertThat(pace.nanos()).isZero();
        pace.look(10_000, 50, 2);
        pace.look(10_100, 51, 2);
        assertThat(pace.nanos()).isEqualTo(100);
    }
}
