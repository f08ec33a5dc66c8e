// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/profile_options.h"

namespace dispersa {

const char* profileFeatureName(ProfileFeature::Kind kind)
{
    switch (kind) {
    case ProfileFeature::Kind::Mean:
        return "mean";
    case ProfileFeature::Kind::Trimmed:
        return "trimmed";
    case ProfileFeature::Kind::Variance:
        break;
    }
    return "variance";
}

const char* regressorName(RegressorKind kind)
{
    switch (kind) {
    case RegressorKind::Ridge:
        return "ridge";
    case RegressorKind::Kernel:
        return "kernel";
    case RegressorKind::Mlp:
        break;
    }
    return "mlp";
}

} // namespace dispersa
