package dev.foretoken.scheduler.prefill;

/** Who decides what depends on measured times, of one variant. */
public record PrefillPolicy(PrefillChooser chooser, RepairBudget repair, AuxiliaryPace pace, StepTimes times) {

    /** About what a step that reads all weights for one token can compute beside it in the same time on a few cores. */
    private static final int USUAL_REPAIR_TOKENS = 8;

    /** Without measurements: exact unless prediction is asked for, and repair at a fixed pace. */
    public static final PrefillPolicy UNMEASURED = new PrefillPolicy(
            PrefillChooser.ALWAYS_EXACT,
            RepairBudget.ofTokens(USUAL_REPAIR_TOKENS),
            AuxiliaryPace.AS_THE_BASE,
            StepTimes.IGNORED);

    /** Steps of the auxiliary as large as those of the base. */
    public PrefillPolicy(PrefillChooser chooser, RepairBudget repair, StepTimes times) {
        this(chooser, repair, AuxiliaryPace.AS_THE_BASE, times);
    }
}
