package org.slotwarden.portal.policy;

import org.slotwarden.portal.api.BadParameterException;

/** Terms that cannot be a policy's: a 400 that says which part, and why. */
public class PolicyRefused extends BadParameterException {

    private static final long serialVersionUID = 1L;

    PolicyRefused(String field, String why) {
        super(field, why);
    }
}
