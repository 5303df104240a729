package dev.foretoken.contract.fake;

/** A plan asked for what the runtime's capabilities or the seam's rules forbid, or read what no sequence of its own wrote. */
public final class PlanViolation extends IllegalStateException {
    public PlanViolation(String message) {
        super(message);
    }
}
