package dev.foretoken.scheduler.prefill;

/**
 * How long it takes under a load until a prompt has its first token. Steps of the base hold what generates and some prompt tokens; those of
 * the auxiliary take turns with them as long as there is something for both.
 *
 * @param stepTokens most tokens of a step
 * @param besideDecode most prompt tokens of one that generates
 */
record FirstTokenTime(StepCosts costs, int stepTokens, int besideDecode) {

    /** Nanoseconds when the base computes it. */
    double computed(WaitingPrompt prompt, PrefillLoad load) {
        int own = prompt.tokens() - prompt.cachedTokens();
        double tokens = own + (double) load.exactTokens();
        double attended = StepCosts.attended(prompt.cachedTokens(), own) + load.exactTokens() * (prompt.tokens() / 2.0);
        double steps = Math.ceil(tokens / baseRoom(load));
        double aside = Math.min(load.auxiliaryTokens(), steps * auxiliaryRoom(load));
        return steps * answers(load, 0)
                + costs.promptNanos(tokens, attended)
                + auxiliary(aside, aside * prompt.tokens() / 2.0, load);
    }

    /** Nanoseconds when it is predicted. */
    double predicted(WaitingPrompt prompt, PrefillLoad load) {
        int own = prompt.tokens() - 1;
        double tokens = own + (double) load.auxiliaryTokens();
        double attended = StepCosts.attended(0, own) + load.auxiliaryTokens() * (prompt.tokens() / 2.0);
        double steps = Math.ceil(tokens / auxiliaryRoom(load));
        double beside = Math.min(load.exactTokens(), steps * baseRoom(load));
        boolean turns = load.generating() > 0 || load.exactTokens() > 0;
        return auxiliary(tokens, attended, load)
                + (turns ? steps * answers(load, 0) : 0)
                + costs.promptNanos(beside, beside * prompt.tokens() / 2.0)
                + answers(load, 1)
                + costs.promptNanos(0, prompt.tokens());
    }

    /** Nanoseconds of compute that it takes from others, one way less the other: positive when computing it takes more. */
    double saved(WaitingPrompt prompt) {
        int own = prompt.tokens() - prompt.cachedTokens();
        double computed = costs.promptNanos(own, StepCosts.attended(prompt.cachedTokens(), own));
        return computed - costs.auxiliaryNanos(prompt.tokens() - 1, StepCosts.attended(0, prompt.tokens() - 1));
    }

    private double auxiliary(double tokens, double attended, PrefillLoad load) {
        if (tokens == 0) {
            return 0;
        }
        double more = Math.ceil(tokens / auxiliaryRoom(load)) - 1;
        return costs.auxiliaryNanos(tokens, attended) + more * costs.auxiliaryNanos(0, 0);
    }

    /** A step of the base in which {@code newcomers} generate too. */
    private double answers(PrefillLoad load, int newcomers) {
        int rows = load.generating() + newcomers;
        return costs.baseNanos(rows, rows, load.generatingContext());
    }

    private int baseRoom(PrefillLoad load) {
        return load.generating() > 0 ? besideDecode : stepTokens;
    }

    private int auxiliaryRoom(PrefillLoad load) {
        return load.generating() > 0 ? costs.auxiliaryTokens(besideDecode, stepTokens) : stepTokens;
    }
}
