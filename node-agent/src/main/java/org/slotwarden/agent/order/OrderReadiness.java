package org.slotwarden.agent.order;

import org.slotwarden.agent.probe.ProcFiles;

/**
 * Whether this node would carry out orders.
 *
 * @param works false: a site that wants them has to do something
 * @param text for people
 */
public record OrderReadiness(boolean works, String text) {

    /** @param proc {@code /proc} */
    public static OrderReadiness of(OrderSettings settings, ProcFiles proc) {
        if (settings.keyFile() == null || settings.scope() == OrderScope.OFF) {
            return new OrderReadiness(true, "none are carried out, as configured");
        }
        try {
            int keys = new OrderKeys(settings.keyFile()).read().size();
            if (settings.scope() == OrderScope.ALL) {
                ProcessSignals.open(proc);
            }
            String which = settings.scope() == OrderScope.ALL ? "all" : "all but kills";
            return new OrderReadiness(
                    true, which + " are carried out; public keys in " + settings.keyFile() + ": " + keys);
        } catch (OrderKeys.Unusable | ProcessSignals.Unavailable e) {
            return new OrderReadiness(false, String.valueOf(e.getMessage()));
        }
    }
}
