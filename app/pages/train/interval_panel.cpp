// SPDX-License-Identifier: GPL-3.0-or-later
// Intervals around predictions; see interval_panel.h.
#include "app/pages/train/interval_panel.h"

#include "app/document/study_document.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QLabel>
#include <QSignalBlocker>

namespace dispersa {

IntervalPanel::IntervalPanel(StudyDocument& document, QWidget* parent)
    : QWidget(parent), m_document(document), m_level(new QDoubleSpinBox(this)), m_fitOn(new QComboBox(this)),
      m_help(new QLabel(this))
{
    m_level->setObjectName("train_interval_level");
    m_level->setRange(50, 99);
    m_level->setDecimals(0);
    m_level->setSingleStep(5);
    m_level->setSuffix(QStringLiteral(" %"));
    m_level->setKeyboardTracking(false);
    m_level->setToolTip(tr("Share of the pixels whose measured value shall lie within the interval around the prediction"));
    m_fitOn->setObjectName("train_interval_fit_on");
    m_fitOn->setToolTip(tr("The errors on these pixels decide how wide the intervals are"));
    m_help->setObjectName("train_interval_help");
    m_help->setWordWrap(true);
    auto* form = new QFormLayout(this);
    form->setContentsMargins(0, 0, 0, 0);
    form->addRow(tr("Hold"), m_level);
    form->addRow(tr("Fitted on"), m_fitOn);
    form->addRow(QString(), m_help);
    connect(m_level, &QDoubleSpinBox::valueChanged, this, &IntervalPanel::store);
    connect(m_fitOn, &QComboBox::activated, this, &IntervalPanel::store);
    connect(&m_document, &StudyDocument::changed, this, &IntervalPanel::refresh);
    refresh();
}

void IntervalPanel::store()
{
    AccountOptions account = m_document.study().account;
    // A level between whole percents that came from a file stays as it is.
    if (qRound(account.level * 100) != qRound(m_level->value()))
        account.level = m_level->value() / 100;
    account.calibrateOn = m_fitOn->currentData().toString().toStdString();
    m_document.setAccount(account);
}

void IntervalPanel::fillPlaces()
{
    const Study& study = m_document.study();
    m_fitOn->clear();
    m_fitOn->addItem(study.model ? tr("Nothing: no intervals") : tr("What the training leaves out"), QString());
    for (const StudyScan& scan : study.scans)
        if (scan.role == ScanRole::Predict && !scan.maps.empty())
            m_fitOn->addItem(tr("Scan %1").arg(QString::fromStdString(scan.name)), QString::fromStdString(scan.name));
    const QString current = QString::fromStdString(study.account.calibrateOn);
    if (m_fitOn->findData(current) < 0) // of a file, or its role was changed: shown as it is
        m_fitOn->addItem(tr("Scan %1").arg(current), current);
    m_fitOn->setCurrentIndex(m_fitOn->findData(current));
}

void IntervalPanel::refresh()
{
    const QSignalBlocker blockers[] = {QSignalBlocker(m_level), QSignalBlocker(m_fitOn)};
    const Study& study = m_document.study();
    m_level->setValue(study.account.level * 100);
    fillPlaces();
    if (!study.account.calibrateOn.empty())
        m_help->setText(tr("That scan says nothing about how often its own intervals hold; the others do."));
    else if (study.model)
        m_help->setText(tr("A trained model has intervals where a scan to predict has maps: choose it here."));
    else
        m_help->setText(tr("On an area unlike the training they hold less often. Better: a scan of another area that has "
                           "maps and is not trained on."));
}

} // namespace dispersa
