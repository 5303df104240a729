package dev.foretoken.scheduler.blocks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.CacheKind;
import dev.foretoken.contract.runtime.CacheReservation;
import dev.foretoken.contract.runtime.CacheSpec;
import dev.foretoken.contract.runtime.ModelShape;
import dev.foretoken.contract.runtime.PartShape;
import java.util.List;
import org.junit.jupiter.api.Test;

class CacheSizingTest {

    private static final CacheSpec CACHES =
            new CacheSpec(List.of(new CacheKind.PagedKv(1, 100, 100), new CacheKind.RecurrentState(1, 5000)), 16, 1);
    private static final ModelShape SHAPE =
            new ModelShape(10, 160, List.of(part(PartShape.Role.BASE), part(PartShape.Role.DRAFT)), "id");
    private final CacheSizing sizing = new CacheSizing(SHAPE, 8, 32);

    private static PartShape part(PartShape.Role role) {
        return new PartShape(role, 1, CACHES);
    }

    @Test
    void usesTheBytesItIsGivenAndNotMore() {
        CacheReservation reservation = sizing.filling(200_000);
        assertThat(reservation.bytes(SHAPE)).isBetween(200_000L - 3200, 200_000L);
        assertThat(reservation.units(0, 1)).isEqualTo(8);
    }

    @Test
    void takesFewerSequencesWhenTheirSlotsLeaveNoRoomForOneContext() {
        CacheReservation reservation = sizing.filling(10 * 3200 + 2 * 5000);
        assertThat(reservation.units(0, 0)).isEqualTo(10);
        assertThat(reservation.units(0, 1)).isEqualTo(2);
    }

    @Test
    void reservesNothingForPartsThatNoSequenceUses() {
        assertThat(sizing.filling(200_000).units().get(1)).containsExactly(0, 0);
    }

    @Test
    void givesTheDraftPartRoomForTheSequencesThatAreDraftedAtATime() {
        CacheReservation reservation = new CacheSizing(SHAPE, 8, 32, 2).filling(300_000);
        assertThat(reservation.units().get(1)).containsExactly(2 * 160 / 16, 2);
        assertThat(reservation.units(0, 1)).isEqualTo(8);
        assertThat(reservation.bytes(SHAPE)).isBetween(300_000L - 3200, 300_000L);
    }

    @Test
    void refusesWhatDoesNotHoldOneSequence() {
        assertThatThrownBy(() -> sizing.filling(30_000))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INSUFFICIENT_MEMORY))
                .hasMessageContaining("37000")
                .hasMessageContaining("30000");
    }
}
