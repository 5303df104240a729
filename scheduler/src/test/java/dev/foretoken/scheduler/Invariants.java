package dev.foretoken.scheduler;

import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.scheduler.blocks.BlockPool;
import dev.foretoken.scheduler.blocks.CheckpointPool;
import dev.foretoken.scheduler.blocks.UnitTable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What must hold between any two calls of a scheduler. */
final class Invariants {

    private final Scheduler scheduler;
    private final List<SequenceGroup> groups;

    Invariants(Scheduler scheduler, List<SequenceGroup> groups) {
        this.scheduler = scheduler;
        this.groups = groups;
    }

    void check() {
        for (int pool = 0; pool < scheduler.pools().size(); pool++) {
            checkReferences(pool);
        }
        checkCheckpoints();
        int running = 0;
        int waiting = 0;
        int predictions = 0;
        for (SequenceGroup group : groups) {
            for (int choice = 0; choice < group.choices(); choice++) {
                Sequence sequence = group.sequence(choice);
                running += sequence.state == Sequence.State.RUNNING ? 1 : 0;
                waiting += sequence.state == Sequence.State.WAITING || sequence.state == Sequence.State.PARKED ? 1 : 0;
                check(sequence);
                predictions += isPredicted(sequence) ? 1 : 0;
                checkKept(sequence);
            }
        }
        require(predictions == scheduler.state().predictions, predictions + " predictions are counted wrongly");
        require(running == scheduler.running(), "running set has " + scheduler.running() + ", not " + running);
        require(waiting == scheduler.waiting(), "queue has " + scheduler.waiting() + ", not " + waiting);
        require(running <= scheduler.state().limits.sequences(), "too many sequences run");
        require(
                scheduler.stepsInFlight() > 0 || scheduler.state().lingering == 0,
                "ended sequences keep memory though nothing is in flight");
    }

    private static boolean isPredicted(Sequence sequence) {
        return sequence.prediction != null && !sequence.ended() && !sequence.prediction.isRepaired();
    }

    /** What was predicted, or computed behind it, is found by nobody. */
    private void checkKept(Sequence sequence) {
        if (!isPredicted(sequence)) {
            return;
        }
        for (int pool = 0; pool < scheduler.pools().basePools(); pool++) {
            UnitTable table = sequence.caches.table(pool);
            int first = sequence.prediction.exact
                    / scheduler.pools().get(pool).spec().blockTokens();
            for (int i = Math.max(first, table.first()); i < table.length(); i++) {
                require(
                        !scheduler.pools().get(pool).pool().isKept(table.get(i)),
                        sequence + " has predicted K and V in the prefix cache");
            }
        }
    }

    private static @Nullable Shadow shadow(Sequence sequence) {
        return sequence.prediction == null ? null : sequence.prediction.shadow;
    }

    private static void check(Sequence sequence) {
        Shadow shadow = shadow(sequence);
        boolean empty = sequence.caches.isEmpty() && (shadow == null || shadow.caches.isEmpty());
        require(
                shadow == null || sequence.ended() || sequence.rowsInFlight >= shadow.rowsInFlight,
                "rows of a shadow are not counted");
        boolean holds = switch (sequence.state) {
            case PARKED -> empty;
            case WAITING -> sequence.rowsInFlight == 0;
            case RUNNING -> sequence.planned == 0;
            case ENDED -> empty || sequence.rowsInFlight > 0;
        };
        if (!holds || sequence.computed > sequence.scheduled) {
            throw new AssertionError(sequence + " holds what its state does not allow");
        }
    }

    /** Every checkpoint has the users that are there: sequences to be restored or rolled back, groups, rows in flight. */
    private void checkCheckpoints() {
        CheckpointPool pool = scheduler.pools().checkpoints();
        int[] users = new int[pool.units()];
        for (SequenceGroup group : groups) {
            count(group.checkpoint(), users);
            for (int choice = 0; choice < group.choices(); choice++) {
                count(group.sequence(choice).caches.checkpoint(), users);
                count(group.sequence(choice).states.rollback, users);
            }
        }
        for (PlannedStep step : scheduler.steps()) {
            for (int checkpoint : step.saved()) {
                count(checkpoint, users);
            }
        }
        int held = 0;
        for (int number = 0; number < users.length; number++) {
            require(
                    users[number] == pool.references(number),
                    "checkpoint " + number + " has " + pool.references(number) + " references");
            held += users[number] > 0 || pool.isKept(number) ? 1 : 0;
        }
        require(held == pool.held(), "checkpoints held: " + pool.held() + ", not " + held);
    }

    private static void count(int checkpoint, int[] users) {
        if (checkpoint != CheckpointPool.NONE) {
            users[checkpoint]++;
        }
    }

    private void checkReferences(int pool) {
        BlockPool blocks = scheduler.pools().get(pool).pool();
        int[] owners = new int[blocks.units()];
        for (SequenceGroup group : groups) {
            for (int choice = 0; choice < group.choices(); choice++) {
                Sequence sequence = group.sequence(choice);
                count(sequence.caches.table(pool), owners);
                Shadow shadow = shadow(sequence);
                if (shadow != null) {
                    count(shadow.caches.table(pool), owners);
                }
            }
        }
        int referenced = 0;
        for (int unit = 0; unit < owners.length; unit++) {
            if (owners[unit] != blocks.references(unit)) {
                throw new AssertionError("unit " + unit + " of pool " + pool + " has " + blocks.references(unit)
                        + " references and " + owners[unit] + " owners");
            }
            referenced += owners[unit] > 0 ? 1 : 0;
        }
        require(referenced == blocks.referenced(), "pool " + pool + " counts " + blocks.referenced() + " wrongly");
    }

    private static void count(UnitTable table, int[] owners) {
        for (int i = 0; i < table.length(); i++) {
            if (table.get(i) == StepPlan.NO_UNIT) {
                require(i < table.first(), "a hole in a table");
            } else {
                owners[table.get(i)]++;
            }
        }
    }

    static void require(boolean holds, String broken) {
        if (!holds) {
            throw new AssertionError(broken);
        }
    }
}
