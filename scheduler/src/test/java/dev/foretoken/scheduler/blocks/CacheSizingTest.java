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
        CacheReservation reservation = new CacheSizing(SHAPE, 8, 32, 2, CheckpointBudget.NONE).filling(300_000);
        assertThat(reservation.units().get(1)).containsExactly(2 * 160 / 16, 2);
        assertThat(reservation.checkpoints()).as("one to take each back").isEqualTo(2);
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

    private static ModelShape shape(int context, long keyBytesPerToken, long stateBytes) {
        List<CacheKind> kinds = keyBytesPerToken == 0
                ? List.of(new CacheKind.RecurrentState(1, stateBytes))
                : List.of(
                        new CacheKind.PagedKv(1, keyBytesPerToken, keyBytesPerToken),
                        new CacheKind.RecurrentState(1, stateBytes));
        PartShape base = new PartShape(PartShape.Role.BASE, 1, new CacheSpec(kinds, 16, 64));
        return new ModelShape(10, context, List.of(base), "id");
    }

    private static CacheReservation filling(ModelShape shape, long limit, CheckpointBudget budget) {
        CacheReservation reservation = new CacheSizing(shape, 64, 512, 0, budget).filling(limit);
        assertThat(reservation.bytes(shape)).isLessThanOrEqualTo(limit);
        return reservation;
    }

    @Test
    void aHybridOfSmallStatesHasASlotForEverySequenceAndItsMemoryInKeysAndValues() {
        ModelShape shape = shape(8192, 2048, 100_000);
        CacheReservation reservation = filling(shape, 1L << 30, CheckpointBudget.SHARE);
        assertThat(reservation.units(0, 1)).isEqualTo(64);
        assertThat(reservation.checkpoints()).isEqualTo((1 << 30) / 4 / 100_000);
        assertThat(16L * reservation.units(0, 0)).as("tokens").isBetween(190_000L, 196_608L);
    }

    @Test
    void aHybridOfLargeStatesHasFewerSlotsButAllOfThemHaveKeysAndValues() {
        ModelShape shape = shape(8192, 64, 20_000_000);
        CacheReservation reservation = filling(shape, 1L << 30, CheckpointBudget.SHARE);
        assertThat(reservation.units(0, 1)).isBetween(35, 40);
        assertThat(reservation.checkpoints()).isEqualTo(13);
        assertThat(16 * reservation.units(0, 0)).as("tokens").isGreaterThanOrEqualTo(35 * 1024);
    }

    @Test
    void aLongContextIsHadByOneSequenceBeforeThereAreManySlots() {
        ModelShape shape = shape(1 << 17, 2048, 4_000_000);
        CacheReservation reservation = filling(shape, 600L << 20, CheckpointBudget.SHARE);
        assertThat(16L * reservation.units(0, 0)).isGreaterThanOrEqualTo(1 << 17);
        assertThat(reservation.units(0, 1)).isPositive();
        assertThat(reservation.units(0, 1) + reservation.checkpoints()).isBetween(15, 23);
    }

    @Test
    void aModelOfStatesAloneKeepsCopiesInWhatItsSlotsLeave() {
        ModelShape shape = shape(1 << 20, 0, 8_000_000);
        CacheReservation reservation = filling(shape, 2_000_000_000, CheckpointBudget.SHARE);
        assertThat(reservation.units(0, 0)).isEqualTo(64);
        assertThat(reservation.checkpoints()).isEqualTo(250 - 64);
        assertThat(new CacheSizing(shape, 64, 512, 0, CheckpointBudget.SHARE)
                        .ample(16_000_000_000L)
                        .checkpoints())
                .isEqualTo(128);
    }

    @Test
    void bytesForCopiesAreTakenAsGivenAndRefusedWhereTheyLeaveTooLittle() {
        ModelShape shape = shape(8192, 64, 1_000_000);
        CacheReservation reservation = filling(shape, 100_000_000, new CheckpointBudget(true, 30_500_000));
        assertThat(reservation.checkpoints()).isEqualTo(30);
        assertThatThrownBy(() -> filling(shape, 31_000_000, new CheckpointBudget(true, 30_500_000)))
                .hasMessageContaining("30 kept copies of its states")
                .hasMessageContaining("checkpoint-bytes");
        assertThat(filling(shape, 100_000_000, CheckpointBudget.NONE).checkpoints())
                .isZero();
    }
}
