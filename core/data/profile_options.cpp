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
    case ProfileFeature::Kind::Polar:
        break;
    }
    return "polar";
}

const char* doseScaleName(DoseScale dose)
{
    switch (dose) {
    case DoseScale::IfKnown:
        return "if_known";
    case DoseScale::Known:
        return "known";
    case DoseScale::None:
        break;
    }
    return "none";
}

const char* regressorName(RegressorKind kind)
{
    switch (kind) {
    case RegressorKind::Ridge:
        return "ridge";
    case RegressorKind::Kernel:
        return "kernel";
    case RegressorKind::Mlp:
        return "mlp";
    case RegressorKind::Polar:
        break;
    }
    return "polar";
}

} // namespace dispersa
