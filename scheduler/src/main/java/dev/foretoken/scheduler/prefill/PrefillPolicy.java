package dev.foretoken.scheduler.prefill;

/** Who decides what depends on measured times, of one variant, and who tells them. */
public record PrefillPolicy(
        PrefillChooser chooser, RepairBudget repair, AuxiliaryPace pace, StepTimes times, PromptCosts costs) {

    /** Without measurements: exact unless prediction is asked for, and repair at a fixed pace. */
    public static final PrefillPolicy UNMEASURED = new PrefillPolicy(
            PrefillChooser.ALWAYS_EXACT,
            RepairBudget.ofTokens(RepairBudget.UNMEASURED_TOKENS),
            AuxiliaryPace.AS_THE_BASE,
            StepTimes.IGNORED,
            PromptCosts.UNMEASURED);

    /** Steps of the auxiliary as large as those of the base. */
    public PrefillPolicy(PrefillChooser chooser, RepairBudget repair, StepTimes times) {
        this(chooser, repair, AuxiliaryPace.AS_THE_BASE, times, PromptCosts.UNMEASURED);
    }

    /** The same, of a variant whose costs are told. */
    PrefillPolicy telling(StepTimes measured, PromptCosts told) {
        return new PrefillPolicy(chooser, repair, pace, measured, told);
    }

    /** The same, where {@code others} are told of every step as well. */
    public PrefillPolicy alsoTelling(StepTimes others) {
        StepTimes own = times;
        StepTimes both = (plan, nanos) -> {
            own.observe(plan, nanos);
            others.observe(plan, nanos);
        };
        return others == StepTimes.IGNORED ? this : new PrefillPolicy(chooser, repair, pace, both, costs);
    }
}
