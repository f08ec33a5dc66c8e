// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/display_controls.h"

#include "widgets/pattern_view.h"

#include <QCoreApplication>
#include <QPointF>

namespace dispersa {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(DisplayControls)
};

} // namespace

QComboBox* makeScalingBox(PatternView& view, DisplayScaling initial, QWidget* parent)
{
    auto* box = new QComboBox(parent);
    box->setObjectName(QStringLiteral("scaling_box"));
    box->setAccessibleName(Text::tr("Scaling of the pattern"));
    box->setToolTip(Text::tr("Scaling of the colours; the data stay as they are"));
    box->addItem(Text::tr("Linear"), int(DisplayScaling::Linear));
    box->addItem(Text::tr("Log"), int(DisplayScaling::Log));
    box->addItem(Text::tr("Square Root"), int(DisplayScaling::SquareRoot));
    QObject::connect(box, &QComboBox::currentIndexChanged, &view,
                     [box, &view] { view.setScaling(DisplayScaling(box->currentData().toInt())); });
    box->setCurrentIndex(box->findData(int(initial)));
    view.setScaling(initial);
    return box;
}

QComboBox* makeAutorangeBox(PatternView& view, QWidget* parent)
{
    auto* box = new QComboBox(parent);
    box->setObjectName(QStringLiteral("autorange_box"));
    box->setAccessibleName(Text::tr("Automatic range"));
    box->setToolTip(Text::tr("Part of the values that the colours span"));
    box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    box->setMinimumContentsLength(12);
    box->addItem(Text::tr("0.1 – 99.9 %"), QPointF(0.1, 99.9));
    box->addItem(Text::tr("1 – 99 %"), QPointF(1, 99));
    box->addItem(Text::tr("2 – 98 %"), QPointF(2, 98));
    box->addItem(Text::tr("All values"), QPointF(0, 100));
    QObject::connect(box, &QComboBox::currentIndexChanged, &view, [box, &view] {
        const QPointF percent = box->currentData().toPointF();
        view.setAutorangePercentiles(percent.x(), percent.y());
    });
    view.setAutorangePercentiles(0.1, 99.9);
    return box;
}

QComboBox* makeReciprocalUnitBox(PatternView& view, QWidget* parent)
{
    auto* box = new QComboBox(parent);
    box->setObjectName(QStringLiteral("reciprocal_unit_box"));
    box->setAccessibleName(Text::tr("Unit of the pattern's axes"));
    box->setToolTip(Text::tr("q = 1/d, or Q = 2π/d"));
    box->addItem(Text::tr("q = 1/d"), int(ReciprocalUnit::q));
    box->addItem(Text::tr("Q = 2π/d"), int(ReciprocalUnit::Q));
    QObject::connect(box, &QComboBox::currentIndexChanged, &view,
                     [box, &view] { view.setReciprocalUnit(ReciprocalUnit(box->currentData().toInt())); });
    return box;
}

} // namespace dispersa
