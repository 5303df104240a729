package dev.foretoken.contract.fairness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class TenantPlacesTest {

    private static final int USUAL = 100;
    private static final int MOST = 210;

    private final TenantPlaces places = new TenantPlaces(MOST);

    /** Until it is refused. */
    private void fill(String tenant, int weight) {
        for (int i = 0; i <= 2 * MOST && places.take(tenant, weight, 1); i++) {}
    }

    /** Everybody asks for more all the time, and what was there first ends first: as where answers take equally long. */
    private void churn(List<String> tenants, List<Integer> weights) {
        for (int round = 0; round < 20 * MOST; round++) {
            for (int i = 0; i < tenants.size(); i++) {
                String tenant = tenants.get(i);
                if (places.taken(tenant) > 0 && round % 7 == i % 7) {
                    places.leave(tenant, 1);
                }
                places.take(tenant, weights.get(i), 1);
            }
        }
        for (int i = 0; i < tenants.size(); i++) {
            fill(tenants.get(i), weights.get(i));
        }
    }

    @Test
    void oneAloneHasAsManyAsOneMayWhateverItsWeight() {
        for (int weight : new int[] {1, USUAL, 10_000}) {
            fill("one", weight);
            assertThat(places.taken("one")).isEqualTo(MOST);
            places.leave("one", MOST);
        }
        assertThat(places.taken()).isZero();
    }

    @Test
    void whoComesWhenAnotherHasAllItMayFindsPlaces() {
        fill("loud", 10_000);
        for (int weight : new int[] {USUAL, 1}) {
            assertThat(places.take("quiet", weight, 1)).isTrue();
            assertThat(places.take("quiet", weight, 1)).isTrue();
            places.leave("quiet", 2);
        }
    }

    @Test
    void thoseWhoWantMoreThanThereIsComeToEvenPartsAndLeaveOne() {
        List<String> tenants = List.of("first", "second", "third");
        fill("first", USUAL);
        churn(tenants, List.of(USUAL, USUAL, USUAL));
        for (String tenant : tenants) {
            assertThat(places.taken(tenant)).as(tenant).isBetween(2L * MOST / 4 - 3, 2L * MOST / 4 + 3);
        }
        assertThat(places.take("fourth", USUAL, 2L * MOST / 4 - 9)).isTrue();
    }

    @Test
    void partsAreByWeightAmongMany() {
        churn(List.of("a", "b", "c", "d", "heavy"), List.of(USUAL, USUAL, USUAL, USUAL, 3 * USUAL));
        double light = places.taken("a");
        assertThat(places.taken("heavy") / light).isBetween(1.9, 3.1);
        assertThat(places.taken("d") / light).isBetween(0.9, 1.1);
    }

    @Test
    void nobodyHasMoreThanOneMayHoweverHeavy() {
        places.take("light", 1, 1);
        fill("heavy", 10_000);
        assertThat(places.taken("heavy")).isEqualTo(MOST);
        assertThat(places.take("light", 1, MOST / 3)).isTrue();
    }

    @Test
    void aLightOneHasWhatAHeavyOneDoesNotWant() {
        places.take("heavy", 10_000, 1);
        fill("light", 1);
        assertThat(places.taken("light")).isBetween(MOST - 2L, (long) MOST);
    }

    @Test
    void severalAreTakenTogetherOrNot() {
        assertThat(places.take("one", USUAL, MOST + 1)).isFalse();
        assertThat(places.take("one", USUAL, MOST)).isTrue();
        assertThat(places.take("one", USUAL, 1)).isFalse();
        assertThat(places.take("two", USUAL, MOST)).isTrue();
        assertThat(places.take("three", USUAL, 1)).as("all there are").isFalse();
        places.leave("one", 5);
        assertThat(places.take("three", USUAL, 6)).isFalse();
        assertThat(places.take("three", USUAL, 5)).isTrue();
        assertThat(places.taken()).isEqualTo(2 * MOST);
    }

    @Test
    void aRefusalSaysWhetherThePlacesAreThereForOthers() {
        fill("loud", USUAL);
        assertThat(places.refusal("loud", 1)).as("alone").isEqualTo(ErrorCode.QUEUE_FULL);
        places.take("quiet", USUAL, 1);
        assertThat(places.refusal("loud", 1)).isEqualTo(ErrorCode.SHARE_FULL);
        assertThat(places.refusal("loud", MOST)).as("more than are left").isEqualTo(ErrorCode.QUEUE_FULL);
        assertThat(places.refusal("third", MOST)).as("it has none").isEqualTo(ErrorCode.QUEUE_FULL);
        places.take("third", USUAL, MOST - 1);
        assertThat(places.refusal("loud", 1)).as("all are taken").isEqualTo(ErrorCode.QUEUE_FULL);
    }

    @Test
    void aWeightThatChangesCountsFromTheNextPlaceOn() {
        places.take("one", 1, 1);
        places.take("one", 10_000, 1);
        places.leave("one", 2);
        fill("light", 1);
        places.take("heavy", 3, 1);
        assertThat(places.taken("light")).isEqualTo(MOST);
        assertThat(places.take("heavy", 3, 120)).as("weighs more than the mean").isTrue();
    }

    @Test
    void onlyWhatWasTakenIsGivenBack() {
        places.take("one", USUAL, 2);
        assertThatThrownBy(() -> places.leave("one", 3)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> places.leave("two", 1)).isInstanceOf(IllegalStateException.class);
        assertThat(places.taken()).isEqualTo(2);
    }

    @Test
    void nothingIsLostWhereThreadsMeet() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<?>> ends = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                String tenant = "tenant" + thread % 2;
                ends.add(threads.submit(() -> {
                    for (int i = 0; i < 20_000; i++) {
                        if (places.take(tenant, USUAL, 1 + i % 3)) {
                            places.leave(tenant, 1 + i % 3);
                        }
                    }
                }));
            }
            for (Future<?> end : ends) {
                end.get();
            }
        }
        assertThat(places.taken()).isZero();
        fill("one", USUAL);
        assertThat(places.taken("one")).isEqualTo(MOST);
    }
}
