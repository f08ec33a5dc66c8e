// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/text/preparation_text.h"

#include <QCoreApplication>

namespace dispersa {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(PreparationText)
};

} // namespace

QString filterText(MapFilterKind kind)
{
    switch (kind) {
    case MapFilterKind::None:
        return Text::tr("none");
    case MapFilterKind::Mean:
        return Text::tr("mean");
    case MapFilterKind::Gaussian:
        return Text::tr("Gaussian");
    case MapFilterKind::Median:
        return Text::tr("median");
    case MapFilterKind::Bilateral:
        return Text::tr("bilateral");
    }
    return {};
}

QString centreText(CentreKind kind)
{
    switch (kind) {
    case CentreKind::None:
        return Text::tr("not centred");
    case CentreKind::CentreOfMass:
        return Text::tr("to whole pixels");
    case CentreKind::SubPixel:
        return Text::tr("to parts of a pixel");
    }
    return {};
}

QString descanText(DescanModel model)
{
    switch (model) {
    case DescanModel::None:
        return Text::tr("each pattern by itself");
    case DescanModel::Constant:
        return Text::tr("one shift for the scan");
    case DescanModel::Plane:
        return Text::tr("a plane over the scan");
    case DescanModel::Parabola:
        return Text::tr("a parabola over the scan");
    case DescanModel::Rows:
        return Text::tr("a parabola over the scan and a shift per row");
    }
    return {};
}

QString scalingText(Scaling scaling)
{
    switch (scaling) {
    case Scaling::Linear:
        return Text::tr("linear");
    case Scaling::SquareRoot:
        return Text::tr("square root");
    case Scaling::Log:
        return Text::tr("logarithmic");
    }
    return {};
}

} // namespace dispersa
